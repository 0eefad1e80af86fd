// Who else may write the IPVS table: the kernel does not say who changed it, but whoever finds a change can
// look which of the programs that do so run at this moment.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "lib/base/duration.h"

namespace hawser::netd {

// "keepalived (process 812)", of those that run now, by the kernel's name of them.
std::vector<std::string> ipvs_writers(const std::filesystem::path& proc);

// "keepalived (process 812) runs here"; or that none of them does.
std::string suspicion(const std::vector<std::string>& writers);

// The same of this host, looked at not more than once in ten seconds: there may be thousands of processes.
class IpvsWriters {
 public:
  std::string in_words(TimePoint now);

 private:
  std::string words_;
  TimePoint looked_at_;
};

}  // namespace hawser::netd
