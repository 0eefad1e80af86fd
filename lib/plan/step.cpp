#include "lib/plan/step.h"

namespace hawser {

std::string describe(const Step& step) {
  return std::visit([](const auto& one) { return family::describe(one); }, step);
}

std::string object_of(const Step& step) {
  return std::visit([](const auto& one) { return family::object_of(one); }, step);
}

std::string_view kind_of(const Step& step) {
  return visit_kind([]<class S>(const S& /*one*/) { return S::kKind.name; }, step);
}

Act act_of(const Step& step) {
  return visit_kind([]<class S>(const S& /*one*/) { return S::kKind.act; }, step);
}

Price price_of(const Step& step) {
  if (const auto* set = as<SetLinkUp>(step); set != nullptr && set->up) return Price::kNothing;
  return visit_kind([]<class S>(const S& /*one*/) { return S::kKind.price; }, step);
}

}  // namespace hawser
