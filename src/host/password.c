/* Owns how a password is got and wiped; knows nothing of accounts. */
#include "host/password.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "net/entropy.h"

#define GROUPS 4
#define PER_GROUP 5

void password_wipe(char at[PASSWORD_MAX])
{
    explicit_bzero(at, PASSWORD_MAX);
}

const char *password_judge(struct str password)
{
    if (password.len == 0)
        return "the password is empty";
    if (password.len >= PASSWORD_MAX)
        return "the password is too long";
    for (size_t i = 0; i < password.len; i++)
        if ((unsigned char)password.at[i] < ' ' || password.at[i] == 0x7f)
            return "the password has a control character in it";
    return NULL;
}

/* Byte by byte: no buffer of the C library keeps a copy. */
static const char *read_line(char at[PASSWORD_MAX])
{
    size_t n = 0;
    char c;

    while (read(STDIN_FILENO, &c, 1) == 1 && c != '\n') {
        if (n == PASSWORD_MAX - 1)
            return "the password is too long";
        at[n++] = c;
    }
    if (n > 0 && at[n - 1] == '\r')
        n--;
    at[n] = '\0';
    return password_judge((struct str){at, n});
}

static const char *ask(const char *prompt, char at[PASSWORD_MAX])
{
    struct termios shown, hidden;

    if (tcgetattr(STDIN_FILENO, &shown) != 0)
        return "the terminal cannot be used";
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t)ECHO;
    /* what was typed before is flushed: nobody is asked until that is done */
    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    fputs(prompt, stderr);
    const char *wrong = read_line(at);

    (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
    fputc('\n', stderr);
    return wrong;
}

const char *password_ask(char at[PASSWORD_MAX])
{
    return ask("Password: ", at);
}

static const char *ask_twice(char at[PASSWORD_MAX])
{
    char again[PASSWORD_MAX];
    const char *wrong = ask("Password: ", at);

    if (!wrong)
        wrong = ask("Once more: ", again);
    if (!wrong && strcmp(at, again) != 0)
        wrong = "the two passwords differ";
    password_wipe(again);
    return wrong;
}

/* It is not handed on to whoever this process may start, nor shown by /proc any longer. */
static const char *take_from_environment(char *told, char at[PASSWORD_MAX])
{
    size_t len = strlen(told);
    const char *wrong = password_judge((struct str){told, len});

    if (!wrong)
        memcpy(at, told, len + 1);
    explicit_bzero(told, len);
    (void)unsetenv("TANDEM_PASSWORD");
    return wrong;
}

const char *password_read(char at[PASSWORD_MAX])
{
    char *told = getenv("TANDEM_PASSWORD");

    if (told)
        return take_from_environment(told, at);
    return isatty(STDIN_FILENO) ? ask_twice(at) : read_line(at);
}

/* No two letters or digits that look alike. */
bool password_make(char at[PASSWORD_MAX])
{
    static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
    struct rand_seed seed;
    struct rand r;
    char *to = at;

    if (!entropy_seed(&seed))
        return false;
    rand_init(&r, &seed);
    for (unsigned i = 0; i < GROUPS * PER_GROUP; i++) {
        if (i > 0 && i % PER_GROUP == 0)
            *to++ = '-';
        *to++ = letters[rand_below(&r, sizeof(letters) - 1)];
    }
    *to = '\0';
    explicit_bzero(&seed, sizeof(seed));
    explicit_bzero(&r, sizeof(r));
    return true;
}
