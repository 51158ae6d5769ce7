/* `tandem ctl`: sends commands to a running server and shows what it answers. */
#include "tools/ctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/words.h"
#include "tools/ctl_answer.h"
#include "tools/ctl_connect.h"

const char ctl_help[] =
    "usage: tandem ctl [--socket PATH | --data DIR] [--json] VERB [ARGUMENT...]\n"
    "       tandem ctl [--socket PATH | --data DIR] [--json] -\n"
    "\n"
    "Asks a running server, or tells it what to do. - reads commands from standard input, a line\n"
    "each: the same words, with \"quotes\" around what has spaces in it and # before a remark.\n"
    "\n"
#define VERB(name, arguments, least, most, summary) "  " #name " " arguments "\n      " summary "\n"
#include "verbs.def"
#undef VERB
    "\n"
    "A pattern has * and ? in it, or is a piece of an address; one with an @ is that very "
    "address.\n"
    "\n"
    "  --socket PATH   the server's control socket\n"
    "  --data DIR      the server's data folder, in which its control socket is; without either\n"
    "                  the one in $TANDEM_DATA, or the first that answers of /run/tandem/control,\n"
    "                  $XDG_RUNTIME_DIR/tandem/control, /tmp/tandem-UID/control, and control in\n"
    "                  /var/lib/tandem for root, in ~/.local/share/tandem for others\n"
    "  --json          the server's rows as they are, an object a line; from standard input each\n"
    "                  command's rows end with its status\n"
    "\n"
    "Exit status: 0 done, 1 the server refused, 2 an unknown verb or a bad argument, 3 no server\n"
    "answers, 4 a fault of ours. Of several commands, the gravest.\n";

#define LINE_BYTES (2 * LIMIT_CONTROL_LINE)

static bool is_verb(struct str word)
{
    static const char *const names[] = {
#define VERB(name, arguments, least, most, summary) #name,
#include "verbs.def"
#undef VERB
    };

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (str_equal(word, str_from(names[i])))
            return true;
    return false;
}

static int send_words(struct wire *w, const struct ctl_settings *s, const struct words *l)
{
    char text[LINE_BYTES];
    struct buf b;
    int error;

    buf_init(&b, text, sizeof(text));
    for (unsigned i = 0; i < l->n; i++) {
        if (i > 0)
            buf_put_char(&b, ' ');
        words_put(&b, l->list[i]);
    }
    buf_put_char(&b, '\n');
    if (b.over || b.len > LIMIT_CONTROL_LINE)
        return ctl_complain(s, "command", "it is too long", CTL_MISUSED);
    error = wire_send(w, buf_str(&b));
    return error ? ctl_complain(s, s->path, strerror(error), CTL_NOBODY) : CTL_DONE;
}

static int run_command(struct wire *w, const struct ctl_settings *s, const struct words *l)
{
    char verb[32];
    int status;

    snprintf(verb, sizeof(verb), "%.*s", STR_ARG(l->list[0]));
    if (!is_verb(l->list[0]))
        return ctl_complain(s, verb, "unknown verb; see tandem help ctl", CTL_MISUSED);
    status = send_words(w, s, l);
    return status ? status : ctl_show(w, s, l);
}

/* --- where commands come from --- */

static int run_line(struct wire *w, struct ctl_settings *s, struct str line)
{
    struct words l;
    const char *wrong;

    s->line++;
    if (line.len > 0 && line.at[0] == '#')
        return CTL_DONE;
    wrong = words_read(&l, line);
    if (wrong)
        return ctl_complain(s, "-", wrong, CTL_MISUSED);
    return l.n > 0 ? run_command(w, s, &l) : CTL_DONE;
}

static int run_script(struct wire *w, struct ctl_settings *s)
{
    char *text = NULL;
    size_t cap = 0;
    ssize_t n;
    int worst = CTL_DONE;

    while (worst != CTL_NOBODY && (n = getline(&text, &cap, stdin)) >= 0) {
        int status = run_line(w, s, str_trim((struct str){text, (size_t)n}));

        worst = status > worst ? status : worst;
        fflush(stdout);
    }
    free(text);
    return worst;
}

static int run(struct ctl_settings *s, const struct words *l)
{
    struct wire w;
    int error, status;

    if (!s->script && !is_verb(l->list[0]))
        return run_command(NULL, s, l);
    error = ctl_connect(&w, s->socket, s->data, s->path);
    if (error) {
        wire_close(&w);
        ctl_complain(s, s->path, strerror(error), CTL_NOBODY);
        fputs("tandem: ctl: no server answers there; --socket or --data say where one does\n",
              stderr);
        return CTL_NOBODY;
    }
    status = s->script ? run_script(&w, s) : run_command(&w, s, l);
    wire_close(&w);
    return status;
}

static bool takes_value(const char *option, const char *name, int *at, int argc, char **argv,
                        const char **value)
{
    size_t len = strlen(name);

    if (strncmp(option, name, len) != 0 || (option[len] && option[len] != '='))
        return false;
    if (option[len])
        *value = option + len + 1;
    else
        *value = *at + 1 < argc ? argv[++*at] : "";
    return true;
}

/* Our options may stand anywhere; whatever else is there belongs to the verb. */
static int read_word(struct ctl_settings *s, struct words *l, int *at, int argc, char **argv)
{
    const char *word = argv[*at];

    if (strcmp(word, "--json") == 0)
        s->json = true;
    else if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
        s->help = true;
    else if (takes_value(word, "--socket", at, argc, argv, &s->socket))
        return s->socket[0] ? CTL_DONE : ctl_complain(s, word, "a path is missing", CTL_MISUSED);
    else if (takes_value(word, "--data", at, argc, argv, &s->data))
        return s->data[0] ? CTL_DONE : ctl_complain(s, word, "a folder is missing", CTL_MISUSED);
    else if (l->n == 0 && word[0] == '-' && word[1])
        return ctl_complain(s, word, "unknown option; see tandem help ctl", CTL_MISUSED);
    else if (l->n == WORDS_MAX)
        return ctl_complain(s, word, "too many words", CTL_MISUSED);
    else
        l->list[l->n++] = str_from(word);
    return CTL_DONE;
}

int ctl_main(int argc, char **argv)
{
    static struct ctl_settings s;
    static struct words l;
    int status = CTL_DONE;

    for (int i = 1; i < argc && !status; i++)
        status = read_word(&s, &l, &i, argc, argv);
    if (status)
        return status;
    if (s.help) {
        fputs(ctl_help, stdout);
        return CTL_DONE;
    }
    if (l.n == 0)
        return ctl_complain(&s, "usage", "a verb is missing; see tandem help ctl", CTL_MISUSED);
    s.script = str_equal(l.list[0], STR("-"));
    status = run(&s, &l);
    return fflush(stdout) == 0
               ? status
               : ctl_complain(&s, "standard output", "cannot be written", CTL_FAULT);
}
