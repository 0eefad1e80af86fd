#include "lib/plan/draft.h"

#include "lib/plan/simulate.h"

namespace hawser {

void Draft::take(Step step) {
  simulate(now_, step);
  steps_.push_back(std::move(step));
}

const Link* Draft::link(const std::string& name) const {
  const auto found = now_.links.find(name);
  return found == now_.links.end() ? nullptr : &found->second;
}

Link Draft::link_or_new(const std::string& name) const {
  const auto* found = link(name);
  return found != nullptr ? *found : Link{};
}

}  // namespace hawser
