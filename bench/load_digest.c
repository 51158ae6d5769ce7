/* The load generator's digest credentials (RFC 7616), with MD5: what every peer has. */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

#define HEX 32

/* H(a ":" b ":" …) in hex, each part as long as its text says. */
static void hash(char hex[HEX + 1], const struct text *parts, unsigned n)
{
    static EVP_MD_CTX *context;
    unsigned char sum[EVP_MAX_MD_SIZE];
    if (!context)
        context = EVP_MD_CTX_new();
    if (!context || !EVP_DigestInit_ex(context, EVP_md5(), NULL))
        exit(1);
    for (unsigned i = 0; i < n; i++) {
        if (i > 0)
            EVP_DigestUpdate(context, ":", 1);
        EVP_DigestUpdate(context, parts[i].at, parts[i].len);
    }
    EVP_DigestFinal_ex(context, sum, NULL);
    for (unsigned i = 0; i < HEX / 2; i++)
        snprintf(hex + 2 * i, 3, "%02x", sum[i]);
}

static struct text text_of(const char *z)
{
    return (struct text){z, strlen(z)};
}

/* The value of name="value", or name=value; empty: it is not there. */
static struct text parameter(struct text challenge, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 1; i + len + 1 < challenge.len; i++) {
        const char *at = challenge.at + i;
        if ((at[-1] != ' ' && at[-1] != ',') || memcmp(at, name, len) != 0 || at[len] != '=')
            continue;
        at += len + 1;
        bool quoted = *at == '"';
        at += quoted;
        size_t left = (size_t)(challenge.at + challenge.len - at), n = 0;
        while (n < left && at[n] != (quoted ? '"' : ',') && (quoted || at[n] != ' '))
            n++;
        return (struct text){at, n};
    }
    return (struct text){"", 0};
}

static bool is_md5(struct text challenge)
{
    struct text algorithm = parameter(challenge, "algorithm");
    return algorithm.len == 0 || text_is(algorithm, "MD5");
}

bool out_credentials(struct outgoing *o, const struct received *answer, const char *user,
                     const char *password, const char *method, const char *uri)
{
    char a1[HEX + 1], a2[HEX + 1], response[HEX + 1];
    unsigned i = 0;
    while (i < answer->n_challenges && !is_md5(answer->challenges[i]))
        i++;
    if (i == answer->n_challenges)
        return false;
    struct text realm = parameter(answer->challenges[i], "realm");
    struct text nonce = parameter(answer->challenges[i], "nonce");
    bool qop = parameter(answer->challenges[i], "qop").len > 0;
    hash(a1, (struct text[]){text_of(user), realm, text_of(password)}, 3);
    hash(a2, (struct text[]){text_of(method), text_of(uri)}, 2);
    if (qop)
        hash(response,
             (struct text[]){text_of(a1), nonce, text_of("00000001"), text_of("c"), text_of("auth"),
                             text_of(a2)},
             6);
    else
        hash(response, (struct text[]){text_of(a1), nonce, text_of(a2)}, 3);
    out_print(o,
              "Authorization: Digest username=\"%s\",realm=\"%.*s\",nonce=\"%.*s\",uri=\"%s\","
              "response=\"%s\",algorithm=MD5%s\r\n",
              user, (int)realm.len, realm.at, (int)nonce.len, nonce.at, uri, response,
              qop ? ",cnonce=\"c\",nc=00000001,qop=auth" : "");
    return true;
}
