// What `lbctl probe` asks and how it tells the answers. Pure; asking: probe_verb.cpp.
#pragma once

#include <map>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "lib/reconcile/layout.h"

namespace hawser::lbctl {

// One check of one real server of one virtual address; several may share a probe.
struct Asking {
  std::string service;  // "web"
  std::string at;       // "tcp 192.0.2.100:80"
  std::string real;     // "web1 198.51.100.21:8080"
  probes::ProbeKey probe;
  config::Check check;

  bool operator==(const Asking&) const = default;
};

struct Answered {
  probes::Verdict verdict;
  Milliseconds took{0};
};
using Answers = std::map<probes::ProbeKey, Answered>;

struct Askings {
  std::vector<Asking> list;
  std::vector<std::string> unchecked;  // "web: tcp ..: web1 ..", which have no checks
  [[nodiscard]] bool empty() const { return list.empty() && unchecked.empty(); }
};
// `asked`: a service or a virtual address, or else a real server (by its name, its address, or both with the
// port); empty: all.
Askings askings_for(const config::Config& config, const std::string& asked);

// "GET http://198.51.100.21:8080/healthz, wanted status 200-299, within 500ms"
std::string question_of(const Asking& asking);
// Two lines: what came of it, and what was asked and what the answer leads to.
std::string lines_of(const Asking& asking, const Answered& answered);
boost::json::object json_of(const Asking& asking, const Answered& answered);

}  // namespace hawser::lbctl
