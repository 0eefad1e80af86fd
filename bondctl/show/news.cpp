#include "bondctl/show/news.h"

#include <boost/json.hpp>

#include "lib/base/wall_clock.h"
#include "lib/cli/table.h"

namespace hawser::bondctl {

namespace json = boost::json;

std::string Stamped::text(const BondNews& news) {
  const auto at = iso8601(news.at.wall);
  const auto split = at.find('T');
  std::string text;
  if (const auto day = at.substr(0, split); day != day_) text = (day_ = day) + "\n";
  return text + fmt::format("{} {}\n", at.substr(split + 1), cli::printable(line_of(news)));
}

json::object to_json(const BondNews& news) {
  json::array chain;
  for (const auto& link : news.chain) {
    const std::chrono::duration<double, std::milli> after = link.at.steady - news.chain.front().at.steady;
    chain.push_back(json::object{{"change", name_of(link.change)},
                                 {"port", link.port},
                                 {"at", iso8601(link.at.wall)},
                                 {"after_ms", after.count()}});
  }
  return {{"at", iso8601(news.at.wall)},
          {"bond", news.bond},
          {"port", news.port},
          {"change", name_of(news.change)},
          {"from", news.from},
          {"to", news.to},
          {"why", news.why},
          {"count", news.count},
          {"chain", std::move(chain)},
          {"line", line_of(news)}};
}

bool Following::wants(const BondNews& news) {
  if (name_.empty() || news.change == BondChange::kLost) return true;
  if (index_ == IfIndex{} && news.bond == name_) index_ = news.bond_index;
  const bool wanted = index_ != IfIndex{} && news.bond_index == index_;
  // The next one of that name is another bond.
  if (wanted && news.change == BondChange::kRemoved) index_ = IfIndex{};
  return wanted;
}

}  // namespace hawser::bondctl
