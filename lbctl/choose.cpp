#include "lbctl/choose.h"

#include <algorithm>

namespace hawser::lbctl {

namespace {

bool is_called(const ServiceKey& key, const ServiceView& service, const std::string& asked) {
  if (service.name == asked || to_string(key) == asked) return true;
  if (key.transport == Transport::kFwmark) return false;
  if (const auto address = IpAddress::parse(asked)) return key.virtual_address.address == *address;
  const auto endpoint = Endpoint::parse(asked);
  return endpoint && key.virtual_address == *endpoint;
}

bool is_called(const View& view, const std::string& asked) {
  return std::ranges::any_of(view.services,
                             [&](const auto& entry) { return is_called(entry.first, entry.second, asked); });
}

// "web tcp 192.0.2.1:80" names two: a transport, or "fwmark", belongs to the word behind it.
std::vector<std::string> names_in(const std::vector<std::string>& words) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool pair =
        i + 1 < words.size() && (words[i] == "fwmark6" || from_name<Transport>(words[i]).has_value());
    names.push_back(pair ? words[i] + " " + words[i + 1] : words[i]);
    if (pair) ++i;
  }
  return names;
}

}  // namespace

Result<View> choose(const View& view, const std::vector<std::string>& words) {
  const auto names = names_in(words);
  if (names.empty()) return view;
  for (const auto& name : names) {
    if (is_called(view, name)) continue;
    if (view.netd_answered) return fail("{}: no such service", name);
    return fail("{}: no such service; names are not known: {}", name, view.netd_silence);
  }
  auto chosen = view;
  std::erase_if(chosen.services, [&](const auto& entry) {
    return std::ranges::none_of(names,
                                [&](const auto& name) { return is_called(entry.first, entry.second, name); });
  });
  return chosen;
}

}  // namespace hawser::lbctl
