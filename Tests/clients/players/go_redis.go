// go-redis: `Process` of a command of one's own, `Pipeline`, `TxPipeline`, `Script`.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"gopkg.in/redis.v5"
)

// Of one command.
const lineBytesMax = 1 << 20

var (
	input  = bufio.NewScanner(os.Stdin)
	output = json.NewEncoder(os.Stdout)
)

func words() []string { return strings.Split(input.Text(), "\t") }

func command(words []string) *redis.Cmd {
	arguments := make([]interface{}, len(words))
	for i, word := range words {
		arguments[i] = word
	}
	return redis.NewCmd(arguments...)
}

// What the client returned, for JSON.
func shown(value interface{}, err error) interface{} {
	if err == redis.Nil {
		return nil
	}
	if err != nil {
		return map[string]string{"error": err.Error()}
	}
	switch value := value.(type) {
	case []byte:
		return string(value)
	case []interface{}:
		for i := range value {
			value[i] = shown(value[i], nil)
		}
	}
	return value
}

func say(value interface{}, err error) {
	if err := output.Encode(shown(value, err)); err != nil {
		panic(err)
	}
}

func call(client *redis.Client, words []string) {
	say(once(client, words).Result())
}

func once(client *redis.Client, words []string) *redis.Cmd {
	sent := command(words)
	client.Process(sent)
	return sent
}

func pipeline(client *redis.Client, count int) {
	// Single commands are retried on a new connection, pipelines are not.
	client.Ping()
	pipe := client.Pipeline()
	defer pipe.Close()
	sent := make([]*redis.Cmd, count)
	for i := range sent {
		input.Scan()
		sent[i] = command(words())
		pipe.Process(sent[i])
	}
	pipe.Exec()
	for _, command := range sent {
		say(command.Result())
	}
}

func transaction(client *redis.Client, words []string) {
	pipe := client.TxPipeline()
	defer pipe.Close()
	pipe.Process(command(words))
	_, err := pipe.Exec()
	say("done", err)
}

func script(client *redis.Client, words []string) {
	count, err := strconv.Atoi(words[1])
	if err != nil {
		panic(err)
	}
	arguments := make([]interface{}, 0, len(words))
	for _, word := range words[2+count:] {
		arguments = append(arguments, word)
	}
	say(redis.NewScript(words[0]).Run(client, words[2:2+count], arguments...).Result())
}

func main() {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + os.Args[1], MaxRetries: 3})
	defer client.Close()
	fmt.Println("go-redis 5")
	input.Buffer(nil, lineBytesMax)
	for input.Scan() {
		verb, rest := words()[0], words()[1:]
		switch verb {
		case "pipeline":
			count, err := strconv.Atoi(rest[0])
			if err != nil {
				panic(err)
			}
			pipeline(client, count)
		case "script":
			script(client, rest)
		case "transaction":
			transaction(client, rest)
		default:
			call(client, rest)
		}
	}
}
