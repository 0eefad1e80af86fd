#include "vipd/provider/words.h"

#include <algorithm>
#include <charconv>
#include <span>

#include <openssl/evp.h>
#include <openssl/sha.h>

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

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string short_hash(std::string_view text) {
  constexpr std::size_t kBytes = 6;
  std::array<unsigned char, SHA256_DIGEST_LENGTH> sum{};
  ::SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data());
  std::string hash;
  for (const auto byte : std::span(sum).first(kBytes)) hash += fmt::format("{:02x}", byte);
  return hash;
}

std::optional<Milliseconds> retry_after(const Reply& reply) {
  constexpr unsigned kADay = 86'400;
  const auto found = reply.headers.find("retry-after");
  if (found == reply.headers.end()) return std::nullopt;
  const auto& text = found->second;
  unsigned seconds = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return std::chrono::seconds(std::clamp(seconds, 1U, kADay));
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
