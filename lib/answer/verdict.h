// What netd and vipd answer with --json. One document on stdout, whatever happens, and nothing else there;
// stderr does not say again what is in it. The shapes are a promise: keys may be added under "format": 1,
// none renamed.
//
// A verb that cannot do what it was asked, a wrong command line too (lib/cli/refuse.h):
//   {"format": 1, "error": {"text": "netd.sock: No such file or directory"}}
//
// check, dump, plan, apply, reload, of a file:
//   {"format": 1,
//    "good": false,         // no problems: the file may be used
//    "problems": [PROBLEM], // lib/config/problem_json.h
//    "notes": [PROBLEM]}    // what works, but probably not as meant; of the file and of this host
//
// dump, of a good file, also
//   "node": "lb1",          // null: a single host
//   "settings": [{"key": "vip.web.priority", "value": "150", "origin": "hawser.toml:12"}]
//
// plan (apply --dry-run), of a good file, also
//   "health": "netd",       // real servers as the running netd found them; "configured": no netd runs here
//   "steps": [STEP],        // in order; none, nothing refused and exit status 0: nothing to do
//   "consequences": [{"object": "eth0", "what": "loses route", "route": "default", "text": "eth0: loses
//   .."}],
//                           // what: also "loses address", with "address"; "route changes", with "route";
//                           "mac
//                           // changes", with "from" and "to" (null: known when it is done); "mac
//                           // is shared", with "with" and "mac"
//   "refused": [STEP]       // what the file wants and cannot have; text says why
//   STEP: {"object": "bond0", "kind": "set-bond-option", "text": "bond0: set miimon 100ms -> 50ms"}
//                           // kind: kKind in lib/plan/*_steps.h; those of "steps" have a
//                           // "price" too: "free", "traffic interrupted", "bond down", "ports released"
//   "price": "free",        // the worst of the steps
//   "interrupts": false,    // apply needs --allow-interruption
//   "prices": [{"object": "bond0", "prices": ["bond down", "ports released"], "released": ["eth0", "eth1"],
//               "interrupts": true, "text": "bond0: bond down, ports released (eth0, eth1)"}]
//
// apply that was not allowed to interrupt: {"format": 1, "error": {"text": ..}}, with "price", "interrupts"
// and "prices" as above
//
// apply, of a good file, also
//   "complete": true,       // the kernel is as the file says
//   "steps", "price", "interrupts", "prices", "consequences": as above, of what was done
//   "refused": [STEP]       // by the kernel
//   "left": [STEP],         // taken by the kernel, and to no effect
//   "log": ["eth0: neighbours are told .."]   // what happened beside it
//
// reload, of a good file, also
//   "result": "in use"      // netd: what it changes is being applied
//   "changes": "added web"  // vipd: as `reload` prints it
//
// vipd cleanup
//   {"format": 1, "steps": [STEP], "refused": [STEP]}
//
// status of both: doc/control-api.md.
#pragma once

#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "lib/cli/command.h"
#include "lib/config/load.h"

namespace hawser::answer {

struct Verdict {
  std::vector<config::Problem> problems;
  std::vector<config::Problem> notes;
  [[nodiscard]] bool good() const { return problems.empty(); }
};

// With the members of `more` after it.
boost::json::object verdict_json(const Verdict& verdict, const boost::json::object& more = {});

// One a line on stderr, as "FILE:LINE:COLUMN: ..", without the program's name, so that editors can jump to
// them.
void say(const Verdict& verdict);

// The whole answer about a bad file, in the form that was asked for. Returns kConfiguration.
int refuse(const cli::Arguments& arguments, const Verdict& verdict);
// The whole answer about a good one: `text`, after the notes, or the verdict with `more` in it. Returns
// kDone.
int accept(const cli::Arguments& arguments, const Verdict& verdict, const std::string& text,
           const boost::json::object& more = {});

}  // namespace hawser::answer
