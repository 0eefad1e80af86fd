#include "lib/control/finding.h"

#include <algorithm>

#include <boost/json.hpp>

namespace hawser {

Condition overall(const std::vector<Finding>& findings) {
  auto worst = Condition::kOk;
  for (const auto& finding : findings) worst = std::max(worst, finding.state);
  return worst;
}

boost::json::array findings_json(const std::vector<Finding>& findings) {
  boost::json::array list;
  for (const auto& finding : findings)
    list.push_back(boost::json::object{
        {"object", finding.object}, {"state", name_of(finding.state)}, {"text", finding.text}});
  return list;
}

}  // namespace hawser
