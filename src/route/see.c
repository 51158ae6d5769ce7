/* Works out once what rules ask of a request: its method, user and number. Matches nothing. */
#include "route/rule.h"

static bool is_separator(char c)
{
    return c == '-' || c == '.' || c == '(' || c == ')';
}

static bool is_digit(char c)
{
    return (c >= '0' && c <= '9') || c == '*' || c == '#';
}

/* RFC 3966 5.1.1: visual separators mean nothing. False: it is no number. */
static bool put_number(struct buf *b, struct str user)
{
    for (size_t i = 0; i < user.len; i++) {
        char c = user.at[i];

        if (is_digit(c) || (c == '+' && b->len == 0))
            buf_put_char(b, c);
        else if (!is_separator(c))
            return false;
    }
    return !b->over && b->len > 0;
}

void see_uri(struct seen *s, const struct uri *uri)
{
    /* RFC 3261 19.1.6: the parameters of a telephone number stand within the user. */
    struct str user = str_slice(uri->user, 0, str_find(uri->user, ';'));
    struct buf text, number;

    buf_init(&text, s->user_text, sizeof s->user_text);
    buf_init(&number, s->number_text, sizeof s->number_text);
    uri_unescape(&text, user);
    s->uri = uri;
    s->user = text.over ? user : buf_str(&text);
    s->number = put_number(&number, s->user) ? buf_str(&number) : STR_NONE;
}

void see_request(struct seen *s, const struct route_request *r)
{
    bool of_invite = r->msg->method == METHOD_ACK || r->msg->method == METHOD_CANCEL;

    s->request = r;
    s->n_tags = 0;
    s->method = of_invite ? STR("INVITE") : r->msg->method_name;
    see_uri(s, r->uri);
}

void see_tag(struct seen *s, struct str tag)
{
    if (s->n_tags == LIMIT_ROUTE_TAGS || tag.len > SEEN_TAG_MAX)
        return;
    memcpy(s->tag_text[s->n_tags], tag.at, tag.len);
    s->tags[s->n_tags] = (struct str){s->tag_text[s->n_tags], tag.len};
    s->n_tags++;
}
