/* Finds SIP identities in certificates; trusts nobody, that is for whoever asks. */
#include "net/tls_name.h"

#include <openssl/x509v3.h>

#include "base/addr.h"

/* Given every identity until it returns true. */
typedef bool identity_look(void *arg, struct str name);

static struct str text_of(const ASN1_STRING *s)
{
    return (struct str){(const char *)ASN1_STRING_get0_data(s), (size_t)ASN1_STRING_length(s)};
}

/* A NUL or another byte that no name has would let a reader see a shorter one. */
static bool is_plain(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.at[i] <= ' ' || s.at[i] >= 127)
            return false;
    return s.len > 0;
}

/* RFC 5922 7.1: scheme sip, no userpart; the host alone counts. */
static bool host_of_uri(struct str uri, struct str *host)
{
    if (!is_plain(uri) || !str_starts_nocase(uri, STR("sip:")) || str_find(uri, '@') < uri.len)
        return false;
    struct str rest = str_slice(uri, 4, uri.len);

    rest = str_slice(rest, 0, str_find(rest, ';'));
    rest = str_slice(rest, 0, str_find(rest, '?'));
    if (rest.len > 0 && rest.at[0] == '[')
        *host = str_slice(rest, 0, str_find(rest, ']') + 1);
    else
        *host = str_slice(rest, 0, str_find(rest, ':'));
    return host->len > 0;
}

static bool name_of(const GENERAL_NAME *n, int type, struct str *name)
{
    if (n->type != type)
        return false;
    if (type == GEN_URI)
        return host_of_uri(text_of(n->d.uniformResourceIdentifier), name);
    *name = text_of(n->d.dNSName);
    return is_plain(*name);
}

static bool each_of_type(const GENERAL_NAMES *names, int type, identity_look *look, void *arg,
                         bool *any)
{
    struct str name;

    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        if (name_of(sk_GENERAL_NAME_value(names, i), type, &name)) {
            *any = true;
            if (look(arg, name))
                return true;
        }
    return false;
}

static bool common_name(const X509 *cert, identity_look *look, void *arg)
{
    const X509_NAME *subject = X509_get_subject_name(cert);
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);

    if (at < 0)
        return false;
    struct str name = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));

    return is_plain(name) && look(arg, name);
}

static GENERAL_NAMES *san_of(const X509 *cert)
{
    return X509_get_ext_d2i(cert, NID_subject_alt_name, NULL, NULL);
}

static bool has_san(const X509 *cert)
{
    return X509_get_ext_by_NID(cert, NID_subject_alt_name, -1) >= 0;
}

/* RFC 5922 7.1: DNS names count only where no URI does, and the common name only where there is no
 * subjectAltName. */
static bool each_identity(const X509 *cert, identity_look *look, void *arg)
{
    GENERAL_NAMES *names = san_of(cert);
    bool any = false, done = false;

    if (!names)
        return !has_san(cert) && common_name(cert, look, arg);
    done = each_of_type(names, GEN_URI, look, arg, &any);
    if (!any)
        done = each_of_type(names, GEN_DNS, look, arg, &any);
    GENERAL_NAMES_free(names);
    return done;
}

static bool is_it(void *arg, struct str name)
{
    return str_equal_nocase(name, *(const struct str *)arg);
}

/* Any of the SAN's addresses. */
static bool has_address(const X509 *cert, struct str name)
{
    GENERAL_NAMES *names = san_of(cert);
    struct addr a;
    bool found = false;

    if (names && addr_parse_ip(name, &a)) {
        struct str wanted = {(const char *)a.ip, a.family == ADDR_IP4 ? 4 : 16};

        for (int i = 0; i < sk_GENERAL_NAME_num(names); i++) {
            const GENERAL_NAME *n = sk_GENERAL_NAME_value(names, i);

            found |= n->type == GEN_IPADD && str_equal(text_of(n->d.iPAddress), wanted);
        }
    }
    GENERAL_NAMES_free(names);
    return found;
}

bool tls_cert_is_of(const X509 *cert, struct str name)
{
    return name.len > 0 && (each_identity(cert, is_it, &name) || has_address(cert, name));
}

static bool fits(void *arg, struct str name)
{
    struct str wanted = *(const struct str *)arg;

    if (!str_starts(name, STR("*.")))
        return str_equal_nocase(name, wanted);
    return str_equal_nocase(str_slice(name, 1, name.len),
                            str_slice(wanted, str_find(wanted, '.'), wanted.len));
}

/* Both kinds of names: a browser asks for DNS ones. */
bool tls_cert_may_show(const X509 *cert, struct str name)
{
    GENERAL_NAMES *names = san_of(cert);
    bool any, found;

    if (!names)
        return !has_san(cert) && common_name(cert, fits, &name);
    found = each_of_type(names, GEN_URI, fits, &name, &any) ||
            each_of_type(names, GEN_DNS, fits, &name, &any);
    GENERAL_NAMES_free(names);
    return found;
}

static bool write_down(void *arg, struct str name)
{
    struct buf *b = arg;

    if (name.len + 1 > b->cap - b->len)
        return true;
    if (b->len > 0)
        buf_put_char(b, ' ');
    buf_put_lower(b, name);
    return false;
}

void tls_cert_print_names(const X509 *cert, struct buf *out)
{
    (void)each_identity(cert, write_down, out);
}

static bool is_there(void *arg, struct str name)
{
    (void)arg;
    (void)name;
    return true;
}

bool tls_cert_has_san(const X509 *cert)
{
    return has_san(cert) && each_identity(cert, is_there, NULL);
}

/* --- what it may be used for --- */

#define SIP_DOMAIN_OID "1.3.6.1.5.5.7.3.20"

static bool is_usage(const ASN1_OBJECT *o, int nid)
{
    char oid[64];

    if (OBJ_obj2nid(o) == nid || OBJ_obj2nid(o) == NID_anyExtendedKeyUsage)
        return true;
    return OBJ_obj2txt(oid, sizeof(oid), o, 1) > 0 && str_equal(str_from(oid), STR(SIP_DOMAIN_OID));
}

bool tls_cert_may_serve(const X509 *cert, bool as_server)
{
    EXTENDED_KEY_USAGE *usages = X509_get_ext_d2i(cert, NID_ext_key_usage, NULL, NULL);
    int nid = as_server ? NID_server_auth : NID_client_auth;
    bool may = !usages && X509_get_ext_by_NID(cert, NID_ext_key_usage, -1) < 0;

    for (int i = 0; usages && i < sk_ASN1_OBJECT_num(usages); i++)
        may |= is_usage(sk_ASN1_OBJECT_value(usages, i), nid);
    EXTENDED_KEY_USAGE_free(usages);
    return may;
}
