#include "lib/answer/config_status.h"

#include <boost/json.hpp>

#include "lib/config/problem_json.h"

namespace hawser::answer {

Finding state_of_source(const ConfigStatus& source) {
  const auto count = source.problems.size();
  const auto what =
      count == 0   ? std::string("the last reading of it failed")
      : count == 1 ? to_string(source.problems.front())
                   : fmt::format("{} problems, the first: {}", count, to_string(source.problems.front()));
  if (source.last_good)
    return {source.file, Condition::kDegraded, "broken, the last good file is in use: " + what};
  if (count > 0)
    return {source.file, Condition::kDegraded, "broken, the configuration before it stays in use: " + what};
  return {source.file, Condition::kOk, "current"};
}

boost::json::object config_json(const ConfigStatus& source) {
  const auto* state = source.last_good ? "last good" : source.problems.empty() ? "current" : "broken";
  return {{"file", source.file}, {"state", state}, {"problems", config::problems_json(source.problems)}};
}

}  // namespace hawser::answer
