#include "lib/plan/step_kind.h"

#include <array>

namespace hawser {

namespace {

// In the order of the variant.
constexpr std::array<std::string_view, std::variant_size_v<Step>> kKinds{
    "create-link",      "delete-link",      "set-link-up",     "set-mtu",          "set-mac",
    "set-master",       "set-bond-mode",    "set-bond-option", "set-bond-primary", "set-bond-targets",
    "set-actor-system", "set-port-options", "set-active-port", "add-address",      "change-address",
    "remove-address",   "add-route",        "change-route",    "remove-route",     "add-service",
    "edit-service",     "delete-service",   "add-real",        "edit-real",        "delete-real"};

}  // namespace

std::string_view kind_of(const Step& step) {
  return kKinds.at(step.index());
}

}  // namespace hawser
