<?php
// php-redis: `rawCommand`, `pipeline`, `eval` and `evalSha`, `multi`.

declare(strict_types=1);

function failure(string $text): array
{
    return ['error' => $text];
}

/** The extension answers false for an error and for nil alike, and tells which by getLastError; in a list it is nil. */
function shown(Redis $client, mixed $value): mixed
{
    if (is_array($value)) {
        return array_map(fn ($element) => $element === false ? null : $element, $value);
    }
    if ($value !== false) {
        return $value;
    }
    $error = $client->getLastError();
    return $error === null ? null : failure($error);
}

/**
 * The extension tries ten times to reach a server that is gone and then gives the object up for good.
 * What a shop runs begins with a connection for every request; so does the next command here.
 */
function attempt(Redis $client, callable $action): mixed
{
    global $port;
    try {
        if (!$client->isConnected()) {
            $client->connect('127.0.0.1', $port);
        }
        $client->clearLastError();
        return shown($client, $action());
    } catch (RedisException $error) {
        $client->close();
        return failure($error->getMessage());
    }
}

function words(): array
{
    return explode("\t", rtrim((string) fgets(STDIN), "\n"));
}

/** As many answers as commands, also when the connection is lost. */
function pipeline(Redis $client, int $count): array
{
    $commands = [];
    for ($n = 0; $n < $count; $n++) {
        $commands[] = words();
    }
    $answers = attempt($client, function () use ($client, $commands) {
        $client->pipeline();
        foreach ($commands as $command) {
            $client->rawCommand(...$command);
        }
        return $client->exec();
    });
    return is_array($answers) && count($answers) === $count ? $answers : array_fill(0, $count, $answers);
}

function script(Redis $client, array $words): mixed
{
    [$name, $keys] = $words;
    $arguments = array_slice($words, 2);
    $answer = attempt($client, fn () => $client->evalSha(sha1($name), $arguments, (int) $keys));
    $isUnknown = is_array($answer) && str_starts_with($answer['error'] ?? '', 'NOSCRIPT');
    return $isUnknown ? attempt($client, fn () => $client->eval($name, $arguments, (int) $keys)) : $answer;
}

function say(mixed $value): void
{
    echo json_encode($value, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES), "\n";
}

$port = (int) $argv[1];
$client = new Redis();
$client->connect('127.0.0.1', $port);
echo 'php-redis ', phpversion('redis'), "\n";

while (($line = fgets(STDIN)) !== false) {
    $words = explode("\t", rtrim($line, "\n"));
    $verb = array_shift($words);
    if ($verb === 'pipeline') {
        array_map('say', pipeline($client, (int) $words[0]));
    } elseif ($verb === 'script') {
        say(script($client, $words));
    } elseif ($verb === 'transaction') {
        say(attempt($client, fn () => $client->multi()));
    } else {
        say(attempt($client, fn () => $client->rawCommand(...$words)));
    }
}
