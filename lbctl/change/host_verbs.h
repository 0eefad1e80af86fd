// lbctl zero, timeouts, sync: what IPVS has once, and its counters.
#pragma once

#include "lbctl/change/carry_out.h"
#include "lbctl/change/settings.h"

namespace hawser::lbctl {

int zero_verb(const cli::Arguments& arguments);
int timeouts_verb(const cli::Arguments& arguments);
int sync_verb(const cli::Arguments& arguments);

// Pure. "tcp=15m tcp_fin=2m udp=5m"
Edited<IpvsTimeouts> with_timeouts(Words words);
// "interface=eth0 id=7 maxlen=1400 group=224.0.0.82 port=8848 ttl=1"
Edited<SyncDaemon> with_sync_settings(Words words);
TableChange start_sync(const State& there, SyncRole role, Words words);
std::string timeouts_text(const IpvsTimeouts& timeouts);
std::string sync_text(const std::map<SyncRole, SyncDaemon>& daemons);

}  // namespace hawser::lbctl
