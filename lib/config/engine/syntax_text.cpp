// What is wrong with the file as such: bytes that are not text, and text of another program's language.
#include <algorithm>
#include <array>
#include <cstdint>

#include <fmt/format.h>

#include "lib/config/engine/syntax.h"

namespace hawser::config {

namespace {

struct Decoded {
  std::uint32_t code = 0;
  std::size_t size = 0;  // 0: not UTF-8
};

Decoded decode(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t size = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || at + size > text.size()) return {};
  std::uint32_t code = first & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return {};
    code = code << 6U | (byte(i) & 0x3FU);
  }
  return {code, size};
}

std::size_t first_not_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const auto [code, size] = decode(text, at);
    if (size == 0) return at;
    at += size;
  }
  return std::string_view::npos;
}

// Every second byte of European text in UTF-16 is NUL.
bool is_utf16(std::string_view text) {
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) return true;
  const auto head = text.substr(0, 64);
  return head.size() >= 4 && std::ranges::count(head, '\0') * 3 >= static_cast<std::ptrdiff_t>(head.size());
}

bool is_binary(std::string_view text) {
  constexpr std::array<std::string_view, 6> kMagic{"\x1F\x8B",
                                                   "\x7F"
                                                   "ELF",
                                                   "\xFD"
                                                   "7zXZ",
                                                   "PK\x03\x04",
                                                   "BZh",
                                                   "\x28\xB5\x2F\xFD"};
  return std::ranges::any_of(kMagic, [&](auto magic) { return text.starts_with(magic); });
}

// Blanks that look like one and are none to TOML.
std::string_view odd_blank(std::uint32_t code) {
  if (code == 0xFEFF) return "a byte order mark";
  if (code == 0xA0 || code == 0x202F) return "a no-break space";
  if ((code >= 0x2000 && code <= 0x200D) || code == 0x3000) return "a blank of another script";
  return {};
}

Finding about_file(std::size_t at, std::string what) {
  return {at, std::move(what), true};
}

Guess guess_character(const Broken& broken) {
  const auto& [source, text, at, words, all] = broken;
  if (at > 0 && text[at - 1] == '\r' && (at == text.size() || text[at] != '\n'))
    return about_file(at - 1, "the line ends with CR alone: end lines with LF or CR LF");
  if (at >= text.size()) return std::nullopt;
  const auto code = decode(text, at).code;
  if (const auto blank = odd_blank(code); !blank.empty())
    return Finding{at, fmt::format("holds {} (U+{:04X}): delete it or write a plain one", blank, code)};
  if ((code < 0x20 && code != '\n' && code != '\r' && code != '\t') || code == 0x7F)
    return Finding{at, fmt::format("holds a control character (U+{:04X}): delete it", code)};
  return std::nullopt;
}

struct Tongue {
  std::string_view word;  // the first of the line
  std::string_view whose;
  std::string_view here;  // how we would begin it
};

constexpr std::array<Tongue, 22> kTongues{{{"vrrp_instance", "keepalived", "[vip.NAME]"},
                                           {"vrrp_sync_group", "keepalived", "[vip.NAME]"},
                                           {"vrrp_script", "keepalived", "[check.NAME]"},
                                           {"virtual_server", "keepalived", "[service.NAME]"},
                                           {"virtual_server_group", "keepalived", "[service.NAME]"},
                                           {"real_server", "keepalived", "[[service.NAME.real]]"},
                                           {"virtual_ipaddress", "keepalived", "addresses = [..]"},
                                           {"global_defs", "keepalived", "[log]"},
                                           {"iface", "ifupdown", "[link.NAME]"},
                                           {"auto", "ifupdown", "[link.NAME]"},
                                           {"allow-hotplug", "ifupdown", "[link.NAME]"},
                                           {"mapping", "ifupdown", "[link.NAME]"},
                                           {"options", "modprobe", "[bond.NAME]"},
                                           {"alias", "modprobe", "[bond.NAME]"},
                                           {"frontend", "HAProxy", "[service.NAME]"},
                                           {"backend", "HAProxy", "[pool.NAME]"},
                                           {"listen", "HAProxy", "[service.NAME]"},
                                           {"upstream", "nginx", "[pool.NAME]"},
                                           {"network", "netplan", "[link.NAME]"},
                                           {"ip", "a shell", "[link.NAME]"},
                                           {"-A", "ipvsadm", "[service.NAME]"},
                                           {"-a", "ipvsadm", "[[service.NAME.real]]"}}};

std::string_view first_word(std::string_view line) {
  return line.substr(0, line.find_first_of(" \t:{"));
}

Guess guess_language(const Broken& broken, std::string_view line) {
  const auto word = first_word(line);
  const auto behind = trimmed(line.substr(word.size()));
  const auto* tongue = std::ranges::find(kTongues, word, &Tongue::word);
  // `network = ..` and `ip: ..` may be settings that somebody guessed.
  if (tongue != kTongues.end() && (word != "network" || behind == ":") && !behind.starts_with("=") &&
      (!behind.starts_with(":") || behind.size() == 1) && !behind.empty())
    return about_file(broken.last().begin,
                      fmt::format("this is the language of {}: here a block begins with a line such as {}, "
                                  "and each setting is a line KEY = VALUE",
                                  tongue->whose, tongue->here));
  if (behind == ":" || line == "---" || line.starts_with("- "))
    return about_file(broken.last().begin,
                      "this is YAML: here a block begins with a line such as [bond.bond0], and each setting "
                      "is a line KEY = VALUE");
  if (line.starts_with("{"))
    return about_file(broken.last().begin,
                      "this is JSON: here a block begins with a line such as [bond.bond0], and each setting "
                      "is a line KEY = VALUE");
  if ((line.ends_with("{") && line.find('=') == std::string_view::npos) || line == "}")
    return about_file(broken.last().begin,
                      "a block is not written in { }: it begins with a line such as [bond.bond0], and each "
                      "setting is a line KEY = VALUE");
  return std::nullopt;
}

}  // namespace

Guess guess_bytes(const Broken& broken) {
  const auto text = broken.text;
  if (is_binary(text)) return about_file(0, "the file is not text: it is compressed or a program");
  if (is_utf16(text)) return about_file(0, "the file is UTF-16: save it as UTF-8");
  if (const auto at = text.find('\0'); at != std::string_view::npos)
    return about_file(at, "holds a NUL byte: the file is damaged or is not text; write it again");
  if (const auto at = first_not_utf8(text); at != std::string_view::npos)
    return about_file(at, fmt::format("holds a byte that is not UTF-8 (0x{:02X}): save the file as UTF-8",
                                      static_cast<unsigned char>(text[at])));
  return guess_character(broken);
}

Guess guess_foreign(const Broken& broken) {
  const auto line = trimmed(broken.line());
  for (const std::string_view mark : {"<<<<<<<", "=======", ">>>>>>>", "|||||||"})
    if (line.starts_with(mark))
      return about_file(broken.last().begin,
                        "a merge left its conflict in the file: keep one side and delete this line");
  const auto& last = broken.last();
  if (last.is_header() || (last.value && broken.at >= *last.value)) return std::nullopt;
  return guess_language(broken, line);
}

}  // namespace hawser::config
