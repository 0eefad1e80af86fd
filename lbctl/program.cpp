#include "lbctl/program.h"

#include "lbctl/import/verb.h"
#include "lbctl/netd_verbs.h"
#include "lbctl/show.h"

namespace hawser::lbctl {

namespace {

// Of ipvsadm.
std::vector<cli::Hint> foreign_words() {
  return {
      {{"list", "ls", "status", "info", "-L*", "-l*", "--list"}, "write 'lbctl show'"},
      {{"-n", "--numeric"}, "addresses and ports are always numbers: leave it out"},
      {{"stats", "rate", "--stats", "--rate"}, "write 'lbctl show --json', which has the counters"},
      {{"connections", "-c", "--connection"}, "the kernel lists connections in /proc/net/ip_vs_conn"},
      {{"-A", "-E", "-D", "--add-service", "--edit-service", "--delete-service"},
       "services are those of the file: change [service.NAME] and run 'netd reload'"},
      {{"-a", "-e", "-d", "--add-server", "--edit-server", "--delete-server", "add", "edit", "del", "delete",
        "remove", "weight", "set"},
       "real servers are those of the file: change [[service.NAME.real]] or [[pool.NAME.real]] (weight = 0: "
       "no "
       "new connections) and run 'netd reload'"},
      {{"-C", "--clear", "clear", "flush"},
       "services are those of the file: take them out and run 'netd reload --allow-empty'"},
      {{"-R", "--restore", "restore", "-S", "--save", "save"},
       "nothing needs to be saved: 'netd apply' makes the table what the file says"},
      {{"-Z", "--zero", "zero"}, "the counters are the kernel's, and run on"},
      {{"check", "plan", "apply", "reload"}, "write 'netd {}'"},
  };
}

std::vector<cli::Verb> all_verbs() {
  std::vector<cli::Verb> verbs{
      {"show", "[SERVICE...]",
       "virtual services and real servers; SERVICE: web, 192.0.2.1:80 or tcp 192.0.2.1:80", show},
      {"import", "FORMAT FILE",
       "print another program's file as TOML, and line by line what it left out; FORMAT: ipvsadm-rules, "
       "ldirectord.cf or keepalived.conf; FILE: - for standard input",
       import_verb}};
  for (auto& verb : netd_verbs()) verbs.push_back(std::move(verb));
  return verbs;
}

}  // namespace

const cli::Program& program() {
  static const cli::Program instance{.name = "lbctl",
                                     .summary = "what IPVS on this host does, with or without netd",
                                     .options = {cli::Common::kRuntimeDir, cli::Common::kJson},
                                     .verbs = all_verbs(),
                                     .hints = foreign_words()};
  return instance;
}

}  // namespace hawser::lbctl
