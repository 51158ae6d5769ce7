/* Owns which AORs a phone has and where their passwords come from. Knows no request. */
#include "phone/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host/password.h"

#define LINE_BYTES (ADDRESS_BYTES + PASSWORD_MAX)

/* --- which --- */

static bool is_same(const struct address *a, const struct address *b)
{
    return str_equal(a->uri.user, b->uri.user) && str_equal_nocase(a->uri.host, b->uri.host) &&
           a->uri.port == b->uri.port;
}

static int read_one(struct identities *who, const struct phone_options *o, const char *text)
{
    struct identity *new = &who->of[who->n];
    if (!address_read(&new->own, text) || new->own.uri.scheme == URI_TEL ||
        new->own.uri.user.len == 0)
        return phone_complain(o, text, "no address such as alice@example.com", PHONE_BAD_USAGE);
    for (unsigned i = 0; i < who->n; i++)
        if (is_same(&who->of[i].own, &new->own))
            return phone_complain(o, text, "is given twice", PHONE_BAD_USAGE);
    who->n++;
    return PHONE_DONE;
}

int identities_read(struct identities *who, const struct phone_options *o)
{
    int status = PHONE_DONE;
    for (unsigned i = 0; i < o->n_as && !status; i++)
        status = read_one(who, o, o->as[i]);
    if (!status && o->n_as > 1 && o->auth_user)
        status = phone_complain(o, "--auth-user", "it is one account's, and there are several AORs",
                                PHONE_BAD_USAGE);
    if (o->n_as == 0)
        who->n = 1;
    return status;
}

const struct uri *identities_domain(const struct identities *who)
{
    const struct uri *first = &who->of[0].own.uri;
    for (unsigned i = 1; i < who->n; i++)
        if (!str_equal_nocase(first->host, who->of[i].own.uri.host))
            return NULL;
    return first;
}

struct identity *identities_find(struct identities *who, ua_account account)
{
    for (unsigned i = 0; i < who->n; i++)
        if (who->of[i].account == account)
            return &who->of[i];
    return NULL;
}

/* --- accounts --- */

static void put_nobody(struct buf *b, const struct addr *host) /* RFC 3261 8.1.1.3 */
{
    buf_put_lit(b, "\"Anonymous\" <sip:anonymous@");
    if (host)
        addr_print_host(b, host);
    else
        buf_put_lit(b, "anonymous.invalid");
    buf_put_char(b, '>');
}

static int set(struct identity *one, const struct phone_options *o, struct ua *ua,
               struct str routes, const struct addr *host, const char *password)
{
    char own[ADDRESS_BYTES];
    struct buf b;
    buf_init(&b, own, sizeof own);
    if (one->own.uri_text.len > 0)
        buf_put(&b, one->own.uri_text);
    else
        put_nobody(&b, host);
    const struct ua_account_config config = {.address = buf_str(&b),
                                             .routes = routes,
                                             .user = !password      ? STR_NONE
                                                     : o->auth_user ? str_from(o->auth_user)
                                                                    : one->own.uri.user,
                                             .password = password ? str_from(password) : STR_NONE};
    one->has_password = password != NULL;
    return one->account ? ua_account_change(ua, one->account, &config)
                        : ua_account_add(ua, &config, &one->account);
}

/* --- passwords --- */

/* "AOR PASSWORD": the password, where the AOR is this one; else NULL. */
static char *password_in(char *line, const struct identity *one)
{
    struct address whose;
    char *space = strpbrk(line, " \t");
    if (!space)
        return NULL;
    *space = '\0';
    bool found = address_read(&whose, line) && is_same(&whose, &one->own);
    return found ? space + 1 + strspn(space + 1, " \t") : NULL;
}

/* The first line where there is one AOR, else the line that begins with this AOR. */
static const char *find_in_file(FILE *f, const struct identity *one, bool alone,
                                char password[PASSWORD_MAX])
{
    char line[LINE_BYTES];
    const char *wrong = alone ? "cannot be read, or is empty" : "has no line with this AOR";
    const char *found = NULL;
    while (!found && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\r\n")] = '\0';
        found = alone ? line : password_in(line, one);
    }
    if (found)
        wrong = password_judge(str_from(found));
    if (!wrong)
        memcpy(password, found, strlen(found) + 1);
    explicit_bzero(line, sizeof line);
    return wrong;
}

static int read_file(const struct phone_options *o, const struct identity *one,
                     char password[PASSWORD_MAX])
{
    char where[2 * ADDRESS_BYTES];
    bool alone = o->n_as == 1;
    FILE *f = fopen(o->password_file, "re");
    const char *wrong = "cannot be read, or is empty";
    if (f) {
        wrong = find_in_file(f, one, alone, password);
        (void)fclose(f);
    }
    snprintf(where, sizeof where, "%s%s%.*s", o->password_file, alone ? "" : ": ",
             alone ? 0 : (int)one->own.uri_text.len, one->own.uri_text.at);
    return wrong ? phone_complain(o, where, wrong, PHONE_BAD_USAGE) : PHONE_DONE;
}

/* TANDEM_PASSWORD is of all of them. */
static int add_one(struct identity *one, const struct phone_options *o, struct ua *ua,
                   struct str routes, const struct addr *host, const char *shared)
{
    char password[PASSWORD_MAX] = "";
    int status = PHONE_DONE;
    if (o->n_as > 0 && o->password_file)
        status = read_file(o, one, password);
    else
        snprintf(password, sizeof password, "%s", shared);
    if (!status && set(one, o, ua, routes, host, *password ? password : NULL) != OK)
        status = phone_complain(o, "account", "cannot be used", PHONE_BAD_USAGE);
    password_wipe(password);
    return status;
}

int identities_add(struct identities *who, const struct phone_options *o, struct ua *ua,
                   struct str routes, const struct addr *host)
{
    char shared[PASSWORD_MAX] = "";
    const char *wrong = NULL;
    if (o->n_as > 0 && !o->password_file && getenv("TANDEM_PASSWORD"))
        wrong = password_read(shared);
    int status = wrong ? phone_complain(o, "TANDEM_PASSWORD", wrong, PHONE_BAD_USAGE) : PHONE_DONE;
    for (unsigned i = 0; i < who->n && !status; i++)
        status = add_one(&who->of[i], o, ua, routes, host, shared);
    password_wipe(shared);
    return status;
}

bool identities_ask(struct identities *who, const struct phone_options *o, struct ua *ua,
                    struct str routes, ua_account account)
{
    char password[PASSWORD_MAX];
    struct identity *one = identities_find(who, account);
    if (!one || one->own.uri_text.len == 0 || one->has_password || !isatty(STDIN_FILENO))
        return false;
    if (who->n > 1)
        fprintf(stderr, "%.*s: ", STR_ARG(one->own.uri_text));
    const char *wrong = password_ask(password);
    bool good = !wrong && set(one, o, ua, routes, NULL, password) == OK;
    password_wipe(password);
    return good;
}
