// Which services netd keeps: by its answer while it runs, and by its journal.
#pragma once

#include <map>
#include <set>
#include <string>

#include <boost/json/value.hpp>

#include "lib/cli/command.h"
#include "lib/state/ipvs.h"

namespace hawser::lbctl {

struct KeptServices {
  std::string file;                         // of the running netd
  std::map<ServiceKey, std::string> names;  // by that file: "web"
  std::set<ServiceKey> made;                // by the journal

  // Why somebody else must not change it, and what to do; empty: it is nobody's.
  [[nodiscard]] std::string why(const ServiceKey& key) const;
  [[nodiscard]] bool empty() const { return names.empty() && made.empty(); }
};

// Errors: netd runs and does not say, the journal cannot be read.
Result<KeptServices> kept_services(const cli::Arguments& arguments);

// Pure: of netd's status.
KeptServices kept_in(const boost::json::value& status, std::set<ServiceKey> made);

}  // namespace hawser::lbctl
