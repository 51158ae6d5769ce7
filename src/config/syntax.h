/* What libyaml says of text that is no YAML, in words that help. */
#ifndef TANDEM_SRC_CONFIG_SYNTAX_H
#define TANDEM_SRC_CONFIG_SYNTAX_H

#include <yaml.h>

#include "config/reader.h"

/* After yaml_parser_parse has failed. */
void syntax_fault(struct reader *, const yaml_parser_t *);
bool has_control(struct str);

#endif
