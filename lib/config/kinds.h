// The types of settings: how each is read from a value, shown as TOML, and described.
#pragma once

#include <algorithm>
#include <concepts>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lib/base/address.h"
#include "lib/base/duration.h"
#include "lib/base/names.h"
#include "lib/base/strong.h"
#include "lib/config/value.h"

namespace hawser::config {

// Told what is wrong with which value.
using Fault = std::function<void(const Value& at, std::string what)>;

// Without control characters: what is written goes into packets, logs and terminals.
struct Text {
  using Type = std::string;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::string show(const Type& text) const { return text.empty() ? "" : quote(text); }
  [[nodiscard]] std::string type() const { return "text"; }
  [[nodiscard]] std::string range() const { return ""; }
};

// Where only an omitted key means "none".
struct NonEmpty : Text {
  bool parse(const Value& value, Type& out, const Fault& fault) const;
};

// What is compared with bytes, and may be any.
struct AnyText : Text {
  bool parse(const Value& value, Type& out, const Fault& fault) const;
};

// Why the kernel would not take, or would misunderstand, a device's name: "\"a b\" is not a device name: ..";
// empty: it is one.
std::string device_fault(std::string_view name);

// A network device's name as the kernel takes it (dev_valid_name).
struct DeviceName : Text {
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::string type() const { return "device"; }
};

struct Flag {
  using Type = bool;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::string show(Type flag) const { return flag ? "true" : "false"; }
  [[nodiscard]] std::string type() const { return "bool"; }
  [[nodiscard]] std::string range() const { return ""; }
};

struct Whole {
  using Type = std::int64_t;
  std::int64_t minimum = 0;
  std::int64_t maximum = 0;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::string show(Type number) const { return std::to_string(number); }
  [[nodiscard]] std::string type() const { return "int"; }
  [[nodiscard]] std::string range() const { return fmt::format("{} to {}", minimum, maximum); }
};

struct Span {
  using Type = Milliseconds;
  Milliseconds minimum{0};
  Milliseconds maximum{0};
  Milliseconds step{1};
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::string show(Type duration) const { return quote(format_duration(duration)); }
  [[nodiscard]] std::string type() const { return "duration"; }
  [[nodiscard]] std::string range() const;
};

// One of an enum's words (kNames), or of those that the setting allows.
template <class E>
struct Word {
  using Type = E;
  std::vector<E> allowed;  // empty: every one
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* text = value.as<std::string>();
    const auto found = text == nullptr ? std::optional<E>() : from_name<E>(*text);
    if (!found || !allows(*found))
      return fault(value, fmt::format("must be {}, not {}", range(), in_words(value))), false;
    out = *found;
    return true;
  }
  [[nodiscard]] std::string show(Type word) const { return quote(name_of(word)); }
  [[nodiscard]] std::string type() const { return "text"; }
  [[nodiscard]] std::string range() const {
    std::vector<std::string_view> words;
    for (const auto& [word, name] : kNames<E>)
      if (allows(word)) words.push_back(name);
    return joined(words, " or ", true);
  }

 private:
  [[nodiscard]] bool allows(E word) const {
    return allowed.empty() || std::find(allowed.begin(), allowed.end(), word) != allowed.end();
  }
};

// One of some words, kept as text.
struct OneOf {
  using Type = std::string;
  std::vector<std::string_view> words;
  bool parse(const Value& value, Type& out, const Fault& fault) const;
  [[nodiscard]] std::string show(const Type& text) const { return text.empty() ? "" : quote(text); }
  [[nodiscard]] std::string type() const { return "text"; }
  [[nodiscard]] std::string range() const { return joined(words, " or ", true); }
};

// What T::parse reads and to_string prints: addresses, prefixes, MACs.
template <class T>
struct Parsed {
  using Type = T;
  std::string_view name;
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* text = value.as<std::string>();
    if (text == nullptr)
      return fault(value, fmt::format("must be {} as text, not {}", name, in_words(value))), false;
    auto parsed = T::parse(*text);
    if (!parsed) return fault(value, std::move(parsed.error().text)), false;
    out = *parsed;
    return true;
  }
  [[nodiscard]] std::string show(const Type& value) const { return quote(to_string(value)); }
  [[nodiscard]] std::string type() const { return std::string(name); }
  [[nodiscard]] std::string range() const { return ""; }
};
inline constexpr Parsed<IpAddress> kAddress{"address"};
inline constexpr Parsed<Prefix> kPrefix{"prefix"};
inline constexpr Parsed<MacAddress> kMac{"MAC"};

// An address as a device has it. Without its length the kernel would make a host route of a network.
struct WithLength : Parsed<Prefix> {
  WithLength() : Parsed<Prefix>{"prefix"} {}
  bool parse(const Value& value, Type& out, const Fault& fault) const;
};

template <class Item>
struct ListOf {
  using Type = std::vector<typename Item::Type>;
  Item item;
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* list = value.as<List>();
    if (list == nullptr)
      return fault(value, fmt::format("must be a {}, not {}", type(), in_words(value))), false;
    for (const auto& element : *list) {
      typename Item::Type parsed{};
      if (item.parse(element, parsed, fault)) out.push_back(std::move(parsed));
    }
    return true;
  }
  [[nodiscard]] std::string show(const Type& list) const {
    std::string text;
    for (const auto& element : list)
      text += fmt::format("{}{}", text.empty() ? "" : ", ", item.show(element));
    return fmt::format("[{}]", text);
  }
  [[nodiscard]] std::string type() const { return "list of " + item.type(); }
  [[nodiscard]] std::string range() const { return item.range(); }
};
template <class Item>
ListOf(Item) -> ListOf<Item>;

// A list that must say something.
template <class Item>
struct SomeOf : ListOf<Item> {
  using Type = typename ListOf<Item>::Type;
  bool parse(const Value& value, Type& out, const Fault& fault) const {
    const auto* list = value.as<List>();
    if (list != nullptr && list->empty()) return fault(value, "must name at least one"), false;
    return ListOf<Item>::parse(value, out, fault);
  }
};

// From the kind's type to the member's: numbers narrow (their range was checked), strong types and optionals
// wrap.
template <class Member, class Type>
void store(Member& member, Type& parsed) {
  member = static_cast<Member>(std::move(parsed));
}
template <class Tag, class Number, class Type>
void store(Strong<Tag, Number>& member, Type& parsed) {
  member = Strong<Tag, Number>(static_cast<Number>(parsed));
}
template <class Member, class Type>
void store(std::optional<Member>& member, Type& parsed) {
  member = static_cast<Member>(std::move(parsed));
}

template <class Kind, class Member>
std::string shown(const Kind& kind, const Member& member) {
  return kind.show(static_cast<typename Kind::Type>(member));
}
template <class Kind, class Member>
std::string shown(const Kind& kind, const std::optional<Member>& member) {
  return member ? shown(kind, *member) : std::string();
}
template <class Kind, class Tag, class Number>
std::string shown(const Kind& kind, const Strong<Tag, Number>& member) {
  return shown(kind, member.value);
}

}  // namespace hawser::config
