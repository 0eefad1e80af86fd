#include "lbctl/change/target.h"

namespace hawser::lbctl {

Result<TargetService> target_service(Words words) {
  if (words.empty()) return fail("which service? write tcp 192.0.2.1:80, or fwmark 7");
  const bool whole = words.front().find(' ') != std::string::npos;
  if (!whole && words.size() < 2)
    return fail("\"{}\" is not a virtual service such as tcp 192.0.2.1:80 or fwmark 7", words.front());
  const auto text = whole ? words.front() : fmt::format("{} {}", words[0], words[1]);
  const auto key = ServiceKey::parse(text);
  if (!key) return tl::unexpected(key.error());
  return TargetService{*key, words.subspan(whole ? 1 : 2)};
}

Result<Endpoint> target_real(const std::string& word, const ServiceKey& key) {
  if (const auto address = IpAddress::parse(word)) return Endpoint{*address, key.virtual_address.port};
  const auto endpoint = Endpoint::parse(word);
  if (!endpoint) return fail("\"{}\" is not a real server such as 198.51.100.21:8080", word);
  return *endpoint;
}

}  // namespace hawser::lbctl
