// hiredis: `redisCommandArgv`, `redisAppendCommandArgv` with `redisGetReply`, `redisReconnect`.

#include <hiredis/hiredis.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { wordsMax = 64 };

typedef struct {
  char *line;
  size_t capacity;
  int count;
  const char *words[wordsMax];
} Command;

static void printText(const char *text, size_t count) {
  putchar('"');
  for (size_t i = 0; i < count; i++) {
    unsigned char byte = (unsigned char)text[i];
    if (byte == '"' || byte == '\\') printf("\\%c", byte);
    else if (byte < 0x20) printf("\\u%04x", byte);
    else putchar(byte);
  }
  putchar('"');
}

static void printReply(const redisReply *reply) {
  switch (reply->type) {
    case REDIS_REPLY_INTEGER: printf("%lld", reply->integer); break;
    case REDIS_REPLY_NIL: printf("null"); break;
    case REDIS_REPLY_ARRAY:
      putchar('[');
      for (size_t i = 0; i < reply->elements; i++) {
        if (i > 0) printf(", ");
        printReply(reply->element[i]);
      }
      putchar(']');
      break;
    case REDIS_REPLY_ERROR:
      printf("{\"error\": ");
      printText(reply->str, reply->len);
      putchar('}');
      break;
    default: printText(reply->str, reply->len);
  }
}

// Takes the reply. Without one it tells the connection's fault.
static void say(redisContext *context, redisReply *reply) {
  if (reply != NULL) {
    printReply(reply);
    freeReplyObject(reply);
  } else {
    printf("{\"error\": ");
    printText(context->errstr, strlen(context->errstr));
    putchar('}');
  }
  putchar('\n');
}

static int readCommand(Command *command) {
  ssize_t count = getline(&command->line, &command->capacity, stdin);
  if (count <= 0) return 0;
  if (command->line[count - 1] == '\n') command->line[count - 1] = 0;
  command->count = 0;
  char *rest = command->line;
  for (char *word = strsep(&rest, "\t"); word != NULL; word = strsep(&rest, "\t")) {
    if (command->count == wordsMax) return 0;
    command->words[command->count++] = word;
  }
  return 1;
}

// A command on a connection that turns out to be lost is sent once more, on a new one.
static void call(redisContext *context, int count, const char **words) {
  redisReply *reply = redisCommandArgv(context, count, words, NULL);
  if (reply == NULL && redisReconnect(context) == REDIS_OK) reply = redisCommandArgv(context, count, words, NULL);
  say(context, reply);
}

static void revive(redisContext *context) {
  void *reply = redisCommand(context, "PING");
  if (reply == NULL) redisReconnect(context);
  else freeReplyObject(reply);
}

static int pipeline(redisContext *context, Command *command, int count) {
  revive(context);
  for (int i = 0; i < count; i++) {
    if (!readCommand(command)) return 0;
    redisAppendCommandArgv(context, command->count, command->words, NULL);
  }
  for (int i = 0; i < count; i++) {
    void *reply = NULL;
    if (context->err == 0) redisGetReply(context, &reply);
    say(context, reply);
  }
  return 1;
}

// hiredis has no object for scripts: EVAL.
static void script(redisContext *context, Command *command) {
  command->words[0] = "EVAL";
  call(context, command->count, command->words);
}

static void transaction(redisContext *context) {
  const char *words[] = {"MULTI"};
  call(context, 1, words);
}

int main(int count, char **arguments) {
  if (count < 2) return 64;
  redisContext *context = redisConnect("127.0.0.1", atoi(arguments[1]));
  if (context == NULL || context->err != 0) return 1;
  setvbuf(stdout, NULL, _IOLBF, 0);
  printf("hiredis %d.%d.%d\n", HIREDIS_MAJOR, HIREDIS_MINOR, HIREDIS_PATCH);

  Command command = {0};
  while (readCommand(&command)) {
    if (strcmp(command.words[0], "pipeline") == 0) {
      if (!pipeline(context, &command, atoi(command.words[1]))) break;
    } else if (strcmp(command.words[0], "script") == 0) {
      script(context, &command);
    } else if (strcmp(command.words[0], "transaction") == 0) {
      transaction(context);
    } else {
      call(context, command.count - 1, command.words + 1);
    }
  }
  free(command.line);
  redisFree(context);
  return 0;
}
