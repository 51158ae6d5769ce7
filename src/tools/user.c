/* `tandem user`: adds, removes and lists accounts and sets their passwords. The server, where one
 * runs on the folder, sees the change by itself. */
#include "tools/user.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "auth/account.h"
#include "base/json.h"
#include "host/password.h"
#include "store/accounts.h"
#include "tools/user_domain.h"
#include "tools/user_import.h"
#include "tools/user_name.h"

const char user_help[] =
    "usage: tandem user add AOR [--generate] [--data DIR] [--json]\n"
    "       tandem user password AOR [--generate] [--data DIR] [--json]\n"
    "       tandem user remove AOR [--data DIR] [--json]\n"
    "       tandem user list [--data DIR] [--json]\n"
    "       tandem user import [--data DIR] [--json] <FILE\n"
    "\n"
    "Who may register and call. An AOR is a name and a domain of the server: alice@example.com.\n"
    "A server that runs on the folder knows of a change within a second. With the first account,\n"
    "everybody has to say who they are.\n"
    "\n"
    "The password is asked for twice; where standard input is no terminal its first line is it,\n"
    "and TANDEM_PASSWORD in the environment counts before both. Only hashes of it are kept.\n"
    "\n"
    "import reads a line for each account from standard input: an AOR, white space, a password;\n"
    "empty lines and those that begin with # are passed over. Accounts that exist get the new\n"
    "password. Where a line is wrong nothing is changed.\n"
    "\n"
    "  --generate   makes one up and prints it\n"
    "  --data DIR   the server's data folder; $TANDEM_DATA, else /var/lib/tandem for root and\n"
    "               ~/.local/share/tandem for others, when it is not given\n"
    "  --json       an object a line\n"
    "\n"
    "Exit status: 0 done, 1 there is such an account already, or none, or the password is none,\n"
    "2 usage, or the folder cannot be used.\n";

enum { DONE = 0, REFUSED = 1, BAD_USAGE = 2, OUR_FAULT = 4 };

struct user {
    const char *verb, *aor, *data;
    bool generate, json, help;
    char folder[FOLDER_PATH_MAX];
    struct accounts_file *file;
    struct user_name name;
};

static int complain(const char *where, const char *what, int status)
{
    fprintf(stderr, "tandem: user: %s: %s\n", where, what);
    return status;
}

static int complain_of(const struct store_fault *fault, int status)
{
    fprintf(stderr, "tandem: %s\n", fault->what);
    return status;
}

/* --- the folder --- */

static int open_file(struct user *u)
{
    struct store_fault fault;
    struct stat st;
    bool may_make = !u->data && (strcmp(u->verb, "add") == 0 || strcmp(u->verb, "import") == 0);

    if (u->data)
        (void)snprintf(u->folder, sizeof(u->folder), "%s", u->data);
    else if (!folder_default(u->folder))
        return complain("--data", "name the server's data folder", BAD_USAGE);
    if (may_make && !folder_make(u->folder, &fault))
        return complain_of(&fault, BAD_USAGE);
    if (stat(u->folder, &st) != 0 || !S_ISDIR(st.st_mode))
        return complain(u->folder, "no such folder; --data names the server's", BAD_USAGE);
    u->file = accounts_open(&mem_libc, u->folder, &fault);
    return u->file ? DONE : complain_of(&fault, BAD_USAGE);
}

/* --- what was done --- */

static int tell(const struct user *u, const char *done, const char *password)
{
    struct str aor = user_name_key(&u->name);

    if (u->json) {
        printf("{\"event\":\"%s\",\"aor\":", done);
        json_string(stdout, aor);
        if (password) {
            fputs(",\"password\":", stdout);
            json_string(stdout, str_from(password));
        }
        puts("}");
    } else if (password) {
        puts(password);
    } else {
        printf("%.*s: %s\n", STR_ARG(aor), done);
    }
    return DONE;
}

static int judge(const struct user *u, enum accounts_result result, const struct store_fault *fault)
{
    switch (result) {
    case ACCOUNTS_DONE:
        return DONE;
    case ACCOUNTS_EXISTS:
        return complain(u->aor, "there is such an account; `tandem user password` changes it",
                        REFUSED);
    case ACCOUNTS_MISSING:
        return complain(u->aor, "there is no such account", REFUSED);
    case ACCOUNTS_FAILED:
        break;
    }
    return complain_of(fault, OUR_FAULT);
}

/* --- the verbs --- */

static int write_account(struct user *u, const char *password)
{
    char record[ACCOUNT_MAX_BYTES];
    struct digester *d = digester_new(&mem_libc);
    struct store_fault fault;
    struct str key = user_name_key(&u->name);
    struct buf b;
    int status = OUR_FAULT;

    buf_init(&b, record, sizeof(record));
    if (!d || !user_name_record(&u->name, d, str_from(password), &b))
        (void)complain(u->aor, "no memory, or the name is too long", OUR_FAULT);
    else if (strcmp(u->verb, "add") == 0)
        status = judge(u, accounts_add(u->file, key, buf_str(&b), &fault), &fault);
    else
        status = judge(u, accounts_replace(u->file, key, buf_str(&b), &fault), &fault);
    explicit_bzero(record, sizeof(record));
    digester_free(d);
    return status;
}

static int set_password(struct user *u, const char *done)
{
    char password[PASSWORD_MAX];
    const char *wrong = NULL;
    int status;

    if (u->generate)
        wrong = password_make(password) ? NULL : "the kernel gave no entropy";
    else
        wrong = password_read(password);
    if (wrong)
        status = complain(u->verb, wrong, REFUSED);
    else if (!(status = write_account(u, password)))
        status = tell(u, done, u->generate ? password : NULL);
    password_wipe(password);
    return status;
}

static int run_add(struct user *u)
{
    int status = set_password(u, "added");

    (void)fflush(stdout);
    if (!status)
        user_domain_warn(stderr, u->data, buf_str(&u->name.realm));
    return status;
}

static int run_password(struct user *u)
{
    return set_password(u, "changed");
}

static int run_remove(struct user *u)
{
    struct store_fault fault;
    int status = judge(u, accounts_remove(u->file, user_name_key(&u->name), &fault), &fault);

    return status ? status : tell(u, "removed", NULL);
}

static void list_algorithms(const struct account *a)
{
    const char *before = "";

    for (unsigned i = 0; i < N_DIGEST_ALGORITHMS; i++) {
        if (!(a->algorithms & 1u << i))
            continue;
        printf("%s\"%.*s\"", before, STR_ARG(digest_name((enum digest_algorithm)i)));
        before = ",";
    }
}

static bool list_one(void *arg, struct str key, struct str record)
{
    const struct user *u = arg;
    struct account a;

    if (!account_read(&a, record)) {
        fprintf(stderr, "tandem: user: %.*s: the account cannot be read\n", STR_ARG(key));
        return true;
    }
    if (!u->json) {
        printf("%.*s\n", STR_ARG(key));
        return true;
    }
    fputs("{\"aor\":", stdout);
    json_string(stdout, key);
    fputs(",\"user\":", stdout);
    json_string(stdout, a.user);
    fputs(",\"realm\":", stdout);
    json_string(stdout, a.realm);
    fputs(",\"algorithms\":[", stdout);
    list_algorithms(&a);
    puts("]}");
    return true;
}

static int run_import(struct user *u)
{
    unsigned n = 0;

    if (!user_import(u->file, stdin, &n))
        return REFUSED;
    if (u->json)
        printf("{\"event\":\"imported\",\"accounts\":%u}\n", n);
    else
        printf("%u imported\n", n);
    return DONE;
}

static int run_list(struct user *u)
{
    struct store_fault fault;

    return accounts_list(u->file, list_one, u, &fault) ? DONE : complain_of(&fault, OUR_FAULT);
}

static const struct verb {
    const char *name;
    int (*run)(struct user *);
    bool of_one;
} verbs[] = {
    {"add", run_add, true},    {"password", run_password, true}, {"remove", run_remove, true},
    {"list", run_list, false}, {"import", run_import, false},
};

static const struct verb *find(const char *name)
{
    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (strcmp(verbs[i].name, name) == 0)
            return &verbs[i];
    return NULL;
}

/* --- the command line --- */

static int read_options(struct user *u, int argc, char **argv)
{
    static const struct option table[] = {{"data", required_argument, NULL, 'd'},
                                          {"generate", no_argument, NULL, 'g'},
                                          {"json", no_argument, NULL, 'j'},
                                          {"help", no_argument, NULL, 'h'},
                                          {0}};
    int option;

    optind = 0;
    opterr = 0;
    while ((option = getopt_long(argc, argv, ":h", table, NULL)) != -1) {
        if (option == 'd')
            u->data = optarg;
        else if (option == 'g')
            u->generate = true;
        else if (option == 'j')
            u->json = true;
        else if (option == 'h')
            u->help = true;
        else
            return complain(argv[optind - 1],
                            option == ':' ? "a value is missing"
                                          : "unknown option; see tandem help user",
                            BAD_USAGE);
    }
    return DONE;
}

static int read_words(struct user *u, int argc, char **argv, const struct verb **out)
{
    if (optind == argc)
        return complain("add, password, remove, list or import",
                        "one is expected; see tandem help user", BAD_USAGE);
    u->verb = argv[optind];
    *out = find(u->verb);
    if (!*out)
        return complain(u->verb, "expected add, password, remove, list or import", BAD_USAGE);
    int words = argc - optind - 1;

    if (words != ((*out)->of_one ? 1 : 0))
        return complain(u->verb, (*out)->of_one ? "expected one AOR" : "expected nothing behind it",
                        BAD_USAGE);
    u->aor = words ? argv[optind + 1] : NULL;
    if (u->aor && !user_name_read(&u->name, str_from(u->aor)))
        return complain(u->aor, USER_NAME_EXPECTED, BAD_USAGE);
    return DONE;
}

int user_main(int argc, char **argv)
{
    static struct user u; /* large, and one a process */
    const struct verb *verb = NULL;
    int status = read_options(&u, argc, argv);

    if (!status && u.help) {
        fputs(user_help, stdout);
        return DONE;
    }
    if (!status)
        status = read_words(&u, argc, argv, &verb);
    if (!status)
        status = open_file(&u);
    if (!status)
        status = verb->run(&u);
    accounts_close(u.file);
    return status;
}
