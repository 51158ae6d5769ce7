/* Owns the words and the keys of orders. */
#include "phone/order.h"

#include <string.h>

const char order_words[] = "hold, resume           stop receiving, go on\n"
                           "mute, unmute           send silence, go on\n"
                           "codecs NAMES           speak in these, the best first: PCMA,PCMU\n"
                           "dtmf DIGITS            send digits; a comma is a pause\n"
                           "answer, reject [CODE]  a call that rings\n"
                           "hangup                 end the call\n"
                           "call URI               one more call\n"
                           "transfer URI           the other side shall call there in our place\n"
                           "transfer CALL          … or speak with that other call's other side\n"
                           "status                 how the call is\n"
                           "message TEXT           an instant message to the other side\n";
const char order_keys[] =
    "h hold or resume, m mute, 0-9 * # digits, a answer, r reject, q hang up,\n"
    "s status, / a command, ? this help\n";

enum needs { NOTHING, MAYBE, SOMETHING };

static const struct {
    struct str word;
    enum order_kind kind;
    enum needs needs;
} words[] = {
    {STR_INIT("hold"), ORDER_HOLD, NOTHING},
    {STR_INIT("resume"), ORDER_RESUME, NOTHING},
    {STR_INIT("mute"), ORDER_MUTE, NOTHING},
    {STR_INIT("unmute"), ORDER_UNMUTE, NOTHING},
    {STR_INIT("codecs"), ORDER_CODECS, SOMETHING},
    {STR_INIT("dtmf"), ORDER_DTMF, SOMETHING},
    {STR_INIT("answer"), ORDER_ANSWER, NOTHING},
    {STR_INIT("reject"), ORDER_REJECT, MAYBE},
    {STR_INIT("hangup"), ORDER_HANGUP, NOTHING},
    {STR_INIT("status"), ORDER_STATUS, NOTHING},
    {STR_INIT("message"), ORDER_MESSAGE, SOMETHING},
    {STR_INIT("help"), ORDER_HELP, NOTHING},
    {STR_INIT("call"), ORDER_CALL, SOMETHING},
    {STR_INIT("transfer"), ORDER_TRANSFER, SOMETHING},
};

static struct str take_word(struct str *rest)
{
    *rest = str_trim(*rest);
    size_t end = str_find(*rest, ' ');
    struct str word = str_slice(*rest, 0, end);
    *rest = str_trim(str_slice(*rest, end, rest->len));
    return word;
}

const char *order_parse(struct str line, struct order *out)
{
    uint64_t number = 0;
    struct str rest = line, word = take_word(&rest);
    *out = (struct order){.kind = ORDER_NONE};
    if (str_to_u64(word, UINT32_MAX, &number))
        word = take_word(&rest);
    if (word.len == 0)
        return number ? "a command is missing" : NULL;
    if (word.at[0] == '/')
        word = str_slice(word, 1, word.len);
    out->call = (unsigned)number;
    out->argument = rest;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!str_equal_nocase(word, words[i].word))
            continue;
        out->kind = words[i].kind;
        if (words[i].needs == SOMETHING && rest.len == 0)
            return "something is missing behind the command";
        return words[i].needs == NOTHING && rest.len > 0 ? "nothing is wanted behind the command"
                                                         : NULL;
    }
    return "unknown command; see help";
}

struct order order_of_key(const char *key)
{
    static const struct {
        char key;
        enum order_kind kind;
    } keys[] = {{'h', ORDER_TURN_HOLD}, {'m', ORDER_TURN_MUTE}, {'a', ORDER_ANSWER},
                {'r', ORDER_REJECT},    {'q', ORDER_HANGUP},    {'s', ORDER_STATUS},
                {'?', ORDER_HELP}};
    if (strchr("0123456789*#ABCD", *key) && *key)
        return (struct order){.kind = ORDER_DTMF, .argument = {key, 1}};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (keys[i].key == *key)
            return (struct order){.kind = keys[i].kind};
    return (struct order){.kind = ORDER_NONE};
}
