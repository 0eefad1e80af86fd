#include "vipd/provider/words.h"

#include <openssl/evp.h>

namespace hawser::vipd::provider {

std::string base64(std::string_view bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock() ends it with a zero
  const auto length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::string form_encoded(std::string_view text) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._*";
  std::string encoded;
  for (const char c : text) {
    if (kPlain.find(c) != std::string_view::npos)
      encoded += c;
    else
      encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::string without_json(const Reply& reply) {
  const auto location = reply.headers.find("location");
  if (location != reply.headers.end()) return fmt::format("redirects to {}", location->second);
  if (reply.body.empty()) return "without a body";
  const auto type = reply.content_type.substr(0, reply.content_type.find(';'));
  if (type.find("json") != std::string::npos) return "with JSON that is broken off";
  return fmt::format("with {} instead of JSON", type.empty() ? "something" : type);
}

}  // namespace hawser::vipd::provider
