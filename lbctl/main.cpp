// lbctl: IPVS on the command line, with or without netd.
#include "lbctl/program.h"

int main(int argc, char** argv) {
  return hawser::cli::run(hawser::lbctl::program(), argc, argv);
}
