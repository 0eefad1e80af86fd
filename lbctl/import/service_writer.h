// Services, timeouts and a sync daemon of the kernel's kind as sections of a draft: what a file of rules
// makes, and what a table holds. Pure.
#pragma once

#include <string>
#include <vector>

#include "lbctl/import/draft.h"
#include "lib/state/ipvs.h"

namespace hawser::lbctl {

struct ForeignReal {
  Endpoint endpoint;
  RealServer server;
  Origin origin;
  std::string name;  // empty: it has none of its own
};

struct ForeignService {
  ServiceKey key;
  Service service;  // without reals
  Origin origin;
  std::vector<ForeignReal> reals;
  std::string name;  // empty: it gets that of its address
};

void write_service(const ForeignService& service, Draft& draft);
// Those that are not 0.
void write_timeouts(const IpvsTimeouts& timeouts, const Origin& origin, Draft& draft);
// As [ipvs] sync, which starts both roles.
void write_sync(const SyncDaemon& daemon, const Origin& origin, Draft& draft);

}  // namespace hawser::lbctl
