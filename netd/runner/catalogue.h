// What of the file hawser-runner may be asked to run, and for what: the only source of a program, its time
// limit and the words that it is given. Pure.
#pragma once

#include <map>
#include <set>
#include <string>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/result.h"
#include "lib/config/config.h"
#include "lib/run/request.h"

namespace hawser::netd {

// [provider.NAME] of kind "exec".
struct Runnable {
  std::string program;
  Milliseconds limit{30000};
  std::set<IpAddress> addresses;  // of the vips that name this provider
  std::set<std::string> targets;  // nodes.*.provider.NAME
  bool operator==(const Runnable&) const = default;
};

struct Catalogue {
  std::string node;                         // this host's name in the file; empty: a single host
  std::map<std::string, Runnable> objects;  // "provider.dc"
  bool operator==(const Catalogue&) const = default;
};

Catalogue catalogue_of(const config::Config& config);

// The object of a request that is as the file says. The error's code is the HTTP status of the refusal: 404
// for an object that there is none of, 409 for what is not the file's.
Result<const Runnable*> permit(const Catalogue& catalogue, const run::Request& request);

// What its program is given: "PROGRAM get", "PROGRAM set TARGET", "PROGRAM unroute", the rest in the
// environment and as JSON on its standard input. `time_zone` is TZ of this process; null: not set.
run::Job job_of(const Runnable& runnable, const run::Request& request, const std::string& node,
                const char* time_zone);

}  // namespace hawser::netd
