/* `tandem parse`. */
#ifndef TANDEM_TOOLS_PARSE_H
#define TANDEM_TOOLS_PARSE_H

extern const char parse_help[];

/* argv[0] is the command's name. Returns the program's exit status. */
int parse_main(int argc, char **argv);

#endif
