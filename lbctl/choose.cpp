#include "lbctl/choose.h"

namespace hawser::lbctl {

namespace {

bool is_called(const ServiceKey& key, const ServiceView& service, const std::string& asked) {
  if (service.name == asked || to_string(key) == asked) return true;
  if (key.transport == Transport::kFwmark) return false;
  if (const auto address = IpAddress::parse(asked)) return key.virtual_address.address == *address;
  const auto endpoint = Endpoint::parse(asked);
  return endpoint && key.virtual_address == *endpoint;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

}  // namespace

Result<View> choose(const View& view, const std::vector<std::string>& words) {
  const auto asked = joined(words);
  if (asked.empty()) return view;
  auto chosen = view;
  std::erase_if(chosen.services,
                [&](const auto& entry) { return !is_called(entry.first, entry.second, asked); });
  if (!chosen.services.empty()) return chosen;
  if (view.netd_answered) return fail("{}: no such service", asked);
  return fail("{}: no such service; names are not known: {}", asked, view.netd_silence);
}

}  // namespace hawser::lbctl
