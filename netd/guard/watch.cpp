#include "netd/guard/watch.h"

namespace hawser::netd {
namespace {

// "" for index 0 and for a device that is not known.
std::string name_of_index(const Observed& observed, IfIndex index) {
  if (index.value == 0) return {};
  for (const auto& [name, status] : observed.links)
    if (status.index == index) return name;
  return {};
}

void forget(Observed& observed, const std::string& name) {
  observed.links.erase(name);
  observed.state.links.erase(name);
}

// A device that got another name keeps its index.
void forget_older_name(Observed& observed, const LinkFact& fact) {
  if (const auto older = name_of_index(observed, fact.index); !older.empty() && older != fact.name)
    forget(observed, older);
}

}  // namespace

void note(Observed& observed, const LinkFact& fact) {
  if (fact.removed) return forget(observed, fact.name);
  forget_older_name(observed, fact);
  auto& status = observed.links[fact.name];
  status.index = fact.index;
  status.carrier = fact.carrier;
  status.port = fact.port;
  status.active_port = name_of_index(observed, fact.active_port);
  auto& link = observed.state.links[fact.name];
  link.up = fact.up;
  link.master = name_of_index(observed, fact.master);
}

}  // namespace hawser::netd
