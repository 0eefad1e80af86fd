// Looking at IPVS: the kernel's table, and what netd adds where it answers soon. For verbs that show.
#pragma once

#include <boost/json/value.hpp>

#include "lbctl/view.h"
#include "lib/cli/command.h"
#include "lib/plan/kernel.h"

namespace hawser::lbctl {

// Without permission the error says what is needed.
Result<Observed> observe_table(const Scope& scope);

// Whether netd's table of nftables may be there: marks and source NAT leave traces in IPVS. A question alone
// may bring a kernel to load nf_tables, so who has no reason does not ask. Pure.
bool may_have_nft_table(const State& table);

// Its status. What netd adds is extra: nobody waits for it longer than a second.
Result<boost::json::value> ask_netd(const cli::Arguments& arguments, const char* path = "/v1/status");

// The table with netd's words, or why there are none.
View view_of(const Observed& observed, const Result<boost::json::value>& status);

}  // namespace hawser::lbctl
