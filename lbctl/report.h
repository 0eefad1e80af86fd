// What somebody who is asked for help has to know of IPVS on a host, in one piece: for a ticket or a mail.
// What could not be learned is a part too, with the reason. Nothing here is secret; addresses are in it.
// Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "lbctl/connections.h"
#include "lib/state/observed.h"

namespace hawser::lbctl {

struct ReportPart {
  std::string title;  // "services"
  std::string text;   // lines; never empty

  bool operator==(const ReportPart&) const = default;
};

using Report = std::vector<ReportPart>;

std::string render(const Report& report);
boost::json::value to_json(const Report& report);

// Of /proc/modules those that IPVS and its neighbours are made of, in order of their names.
std::string modules_text(std::string_view proc_modules);
// How many there are of each service, real server and state.
std::string connections_text(const Connections& connections);
// "net.ipv4.vs.conntrack = 0", a line each.
std::string sysctls_text(const std::map<std::string, std::string>& values);
// What netd's status finds wrong with itself and its objects; of its file too.
std::string findings_text(const boost::json::value& status);
// The last `most` of netd's events.
std::string events_text(const boost::json::value& events, std::size_t most);
// Which packets netd's table of nftables marks and hides.
std::string nft_text(const std::optional<NftTable>& table);

}  // namespace hawser::lbctl
