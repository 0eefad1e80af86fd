#include "lbctl/program.h"

#include "lbctl/change/apply_verb.h"
#include "lbctl/change/change_verbs.h"
#include "lbctl/change/host_verbs.h"
#include "lbctl/change/restore_verb.h"
#include "lbctl/connections_verb.h"
#include "lbctl/import/verb.h"
#include "lbctl/netd_verbs.h"
#include "lbctl/probe_verb.h"
#include "lbctl/report_verb.h"
#include "lbctl/save_verb.h"
#include "lbctl/show.h"
#include "lbctl/watch.h"

namespace hawser::lbctl {

namespace {

// Of ipvsadm.
std::vector<cli::Hint> foreign_words() {
  return {
      {{"list", "ls", "status", "info"}, "write 'lbctl show'"},
      {{"-L*", "-l*", "--list"}, "write 'lbctl show', or 'lbctl show --format ipvsadm' for its shape"},
      {{"-n", "--numeric"}, "addresses and ports are always numbers: leave it out"},
      {{"stats", "rate"}, "write 'lbctl watch', or 'lbctl show --format ipvsadm --{}'"},
      {{"-c", "--connection"}, "write 'lbctl connections'"},
      {{"-A", "--add-service"}, "write 'lbctl add tcp ADDRESS:PORT scheduler=..'"},
      {{"-E", "--edit-service"},
       "write 'lbctl edit tcp ADDRESS:PORT scheduler=..', which keeps what it does not name"},
      {{"-D", "--delete-service"}, "write 'lbctl delete tcp ADDRESS:PORT'"},
      {{"-a", "--add-server"}, "write 'lbctl add-real tcp ADDRESS:PORT REAL:PORT weight=..'"},
      {{"-e", "--edit-server"},
       "write 'lbctl edit-real tcp ADDRESS:PORT REAL:PORT weight=..', which keeps what it does not name"},
      {{"-d", "--delete-server"}, "write 'lbctl delete-real tcp ADDRESS:PORT REAL:PORT'"},
      {{"del", "remove", "rm"}, "write 'lbctl delete SERVICE' or 'lbctl delete-real SERVICE REAL'"},
      {{"weight", "set", "change", "modify"},
       "write 'lbctl edit-real SERVICE REAL weight=..' or 'lbctl edit SERVICE KEY=VALUE'"},
      {{"-C", "--clear", "flush"}, "write 'lbctl clear'"},
      {{"-R", "--restore", "load"}, "write 'lbctl restore FILE'"},
      {{"-S", "--save", "dump"}, "write 'lbctl save'"},
      {{"-Z", "--zero"}, "write 'lbctl zero'"},
      {{"--set", "--timeout", "timeout"}, "write 'lbctl timeouts tcp=15m tcp_fin=2m udp=5m'"},
      {{"--start-daemon", "--stop-daemon", "--daemon", "daemon"},
       "write 'lbctl sync start master interface=eth0', 'lbctl sync stop master' or 'lbctl sync show'"},
      {{"check", "plan", "reload"}, "write 'netd {}'"},
  };
}

cli::Verb changing(std::string name, std::string words, std::string help, int (*run)(const cli::Arguments&)) {
  return {std::move(name), std::move(words), std::move(help), run, {kDryRun}};
}

// Those that change the kernel's table, and those that only look at it.
std::vector<cli::Verb> kernel_verbs() {
  return {
      {"show", "[SERVICE...]",
       "virtual services and real servers; SERVICE: web, 192.0.2.1:80 or tcp 192.0.2.1:80", show,
       show_options()},
      {"watch", "[SERVICE...]", "rates and connections, drawn anew every second, until Ctrl-C", watch_verb,
       watch_options()},
      {"connections", "[FILTER...]",
       "connections; FILTER: client=192.0.2.0/24 service=192.0.2.1:80 real=198.51.100.21", connections_verb},
      changing("add", "SERVICE [SETTING...]", "make a service: tcp 192.0.2.1:80 scheduler=wrr persistence=5m",
               add_verb),
      changing("edit", "SERVICE SETTING...", "change settings of a service, and nothing else", edit_verb),
      changing("delete", "SERVICE...", "delete a service with its real servers", delete_verb),
      changing("add-real", "SERVICE REAL [SETTING...]",
               "add a real server: tcp 192.0.2.1:80 198.51.100.21:8080 weight=100", add_real_verb),
      changing("edit-real", "SERVICE REAL SETTING...", "change settings of a real server, and nothing else",
               edit_real_verb),
      changing("delete-real", "SERVICE REAL...", "take a real server out of a service", delete_real_verb),
      {"save", "", "the table as ipvsadm's rules, with what 'ipvsadm -S' leaves out, or as TOML for netd",
       save_verb, save_options()},
      {"restore", "[FILE]", "carry out ipvsadm's rules, of FILE or standard input: all or nothing",
       restore_verb, restore_options()},
      changing("clear", "", "delete every service", clear_verb),
      changing("zero", "[SERVICE...]", "set counters to zero, of one service or all", zero_verb),
      changing("timeouts", "[SETTING...]",
               "how long idle connections are kept; set with tcp=15m tcp_fin=2m udp=5m", timeouts_verb),
      changing("sync", "[ACT...]",
               "connections told to other directors: show, start master interface=eth0 id=7, stop backup",
               sync_verb),
      {"apply", "[SERVICE...]",
       "the services of the file once, without netd, and nothing else of it; all or nothing", apply_verb,
       apply_options()},
      {"import", "FORMAT FILE",
       "print another program's file as TOML, and line by line what it left out; FORMAT: ipvsadm-rules, "
       "ldirectord.cf or keepalived.conf; FILE: - for standard input",
       import_verb},
      {"probe", "[SERVICE]",
       "ask the checks of the file once, now, and say what came of it; SERVICE: or a real server", probe_verb,
       probe_options()},
      {"report", "", "all that somebody who is asked for help wants to see, for a ticket or a mail",
       report_verb}};
}

std::vector<cli::Verb> all_verbs() {
  auto verbs = kernel_verbs();
  for (auto& verb : netd_verbs()) verbs.push_back(std::move(verb));
  return verbs;
}

}  // namespace

const cli::Program& program() {
  static const cli::Program instance{
      .name = "lbctl",
      .summary = "IPVS on this host: look at it and change it, with or without netd",
      .options = {cli::Common::kRuntimeDir, cli::Common::kStateDir, cli::Common::kJson},
      .verbs = all_verbs(),
      .hints = foreign_words()};
  return instance;
}

}  // namespace hawser::lbctl
