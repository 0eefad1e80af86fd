// "key=value" of the command line on a service or a real server: the file's keys, words and units, read by
// the file's own rows. What is not named stays. Pure.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "lbctl/change/target.h"

namespace hawser::lbctl {

template <class Object>
struct Edited {
  Object object;
  std::vector<std::string> wrong;  // "weight: must be a whole number .."; empty: the object is as asked
};

// "scheduler=sh scheduler_flags+=sh-port persistence=5m persistence=none"
Edited<Service> with_settings(Service service, const ServiceKey& key, Words words);

// "weight=0 forwarding=tunnel tunnel=gue tunnel.port=6080"
Edited<RealServer> with_settings(RealServer server, const ServiceKey& key, const Endpoint& real, Words words);

}  // namespace hawser::lbctl
