// vipd-verbs, a part of vipd: all of its verbs but `run`, see vipd/command_line.h.
#include "lib/cli/output.h"
#include "lib/cli/refuse.h"
#include "vipd/command_line.h"
#include "vipd/verbs.h"

int main(int argc, char** argv) {
  using namespace hawser;
  if (argc < 2)
    return cli::complain("vipd-verbs",
                         "this is a part of vipd, which starts it: it is not started by people");
  const auto run = [](const cli::Arguments& arguments) {
    return cli::refuse(arguments, "vipd", std::string("the daemon is started by vipd run"));
  };
  return cli::run(vipd::command_line({run, vipd::check, vipd::reload, vipd::cleanup}), argc, argv);
}
