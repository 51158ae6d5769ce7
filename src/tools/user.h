/* `tandem user`: the accounts of a data folder. */
#ifndef TANDEM_TOOLS_USER_H
#define TANDEM_TOOLS_USER_H

extern const char user_help[];

/* argv[0] is the command's name. Returns the program's exit status. */
int user_main(int argc, char **argv);

#endif
