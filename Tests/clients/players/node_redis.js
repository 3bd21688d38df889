// node-redis: `sendCommand`, commands of one tick in one pipeline, `defineScript`, `multi`.
'use strict';

const readline = require('readline');
const { createClient, defineScript, ErrorReply } = require('redis');
const { version } = require('redis/package.json');

// The client's own object for a script: EVALSHA first, EVAL if the server does not know it.
const scripts = {};
for (const name of ['STOCK.RESERVE:CODE', 'STOCK.CANCEL:CODE']) {
  scripts[name] = defineScript({
    NUMBER_OF_KEYS: undefined,
    SCRIPT: name,
    transformArguments: (keys, ...words) => [keys, ...words],
    transformReply: (reply) => reply,
  });
}

const say = (value) => console.log(JSON.stringify(value));
const failure = (error) => ({ error: error.message });
const attempt = (promise) => promise.catch(failure);

async function transaction(client, words) {
  return client.multi().addCommand(words).exec();
}

// CLIENT INFO as the client takes it apart: by the fields' places.
async function seesItself(client) {
  const [info, id] = [await client.clientInfo(), await client.clientId()];
  for (const [name, value] of Object.entries({ id, db: 0, flags: 'N', name: '', fd: 0, psub: 0 })) {
    if (info[name] !== value) throw new Error(`clientInfo() has ${name} ${info[name]}, not ${value}`);
  }
  if (!/^127\.0\.0\.1:\d+$/.test(info.addr)) throw new Error(`clientInfo() has addr ${info.addr}`);
}

async function main(port) {
  const client = createClient({ socket: { host: '127.0.0.1', port }, scripts });
  // A lost connection is told to the commands that were under way; the client itself connects again.
  client.on('error', () => {});
  await client.connect();
  await seesItself(client);
  console.log(`node-redis ${version}`);

  let expected = 0;
  let gathered = [];
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const words = line.split('\t');
    if (expected > 0) {
      gathered.push(words);
      if (gathered.length < expected) continue;
      const answers = await Promise.all(gathered.map((command) => attempt(client.sendCommand(command))));
      answers.forEach(say);
      expected = 0;
      gathered = [];
      continue;
    }
    const verb = words.shift();
    if (verb === 'pipeline') expected = Number(words[0]);
    else if (verb === 'script') say(await attempt(client[words.shift()](...words)));
    else if (verb === 'transaction') say(await attempt(transaction(client, words)));
    else say(await attempt(client.sendCommand(words)));
  }
  await client.quit();
}

main(Number(process.argv[2]));
