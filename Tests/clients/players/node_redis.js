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

async function main(port) {
  const client = createClient({ socket: { host: '127.0.0.1', port }, scripts });
  // A lost connection is told to the commands that were under way; the client itself connects again.
  client.on('error', () => {});
  await client.connect();
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
