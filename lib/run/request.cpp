#include "lib/run/request.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/base/address.h"
#include "lib/base/json_in.h"
#include "lib/base/utf8.h"

namespace hawser::run {
namespace {

namespace json = boost::json;

constexpr std::size_t kLongest = 255;  // bytes of a word: it goes into an environment and onto a command line

// A word that is printed, logged and handed to a script is one line of visible characters.
Status judge_word(std::string_view key, std::string_view word) {
  if (word.size() > kLongest) return fail("{}: longer than {} bytes", key, kLongest);
  const bool plain = std::ranges::all_of(word, [](char c) { return c >= ' ' && c < '\x7f'; });
  if (!plain) return fail("{}: has a character that is not to be printed", key);
  return {};
}

// In the one form that comparing and scripts can rely on.
Status take_address(Request& request, const std::string& word) {
  if (word.empty()) return {};
  const auto address = IpAddress::parse(word);
  if (!address) return fail_because("address", address.error());
  request.address = to_string(*address);
  return {};
}

Status take_key(Request& request, std::string_view key, const json::value& value) {
  const auto* text = value.if_string();
  if (text == nullptr) return fail("{}: not a text", key);
  const std::string word(*text);
  if (auto good = judge_word(key, word); !good) return good;
  if (key == "object") return request.object = word, Status{};
  if (key == "step") return request.step = word, Status{};
  if (key == "address") return take_address(request, word);
  if (key == "target") return request.target = word, Status{};
  if (key != "action")
    return fail("{}: no such key; there is object, step, action, address and target", std::string(key));
  const auto action = from_name<Action>(word);
  if (!action) return fail("action: \"{}\" is none: write {}", word, all_names<Action>());
  request.action = *action;
  return {};
}

}  // namespace

json::object to_json(const Request& request) {
  return {{"object", request.object},
          {"step", request.step},
          {"action", name_of(request.action)},
          {"address", request.address},
          {"target", request.target}};
}

hawser::Result<Request> request_from(std::string_view text) {
  boost::system::error_code wrong;
  const auto parsed = json::parse(json::string_view(text.data(), text.size()), wrong);
  if (wrong) return fail("not JSON: {}", wrong.message());
  const auto* object = parsed.if_object();
  if (object == nullptr) return fail("not a JSON object");
  Request request;
  for (const auto& [key, value] : *object)
    if (auto taken = take_key(request, std::string_view(key.data(), key.size()), value); !taken)
      return tl::unexpected(taken.error());
  for (const auto* needed : {"object", "action"})
    if (!object->contains(needed)) return fail("{}: missing", needed);
  return request;
}

json::object to_json(const Outcome& outcome) {
  return {{"end", name_of(outcome.end)},
          {"number", outcome.number},
          {"took_ms", outcome.took.count()},
          {"output", as_utf8(outcome.output)},
          {"errors", as_utf8(outcome.errors)},
          {"cut", outcome.cut},
          {"text", outcome.text}};
}

Outcome outcome_from(const boost::json::value& json) {
  return {.end = from_name<End>(text_in(json, "end")).value_or(End::kLost),
          .number = static_cast<int>(number_in(json, "number")),
          .took = Milliseconds(number_in(json, "took_ms")),
          .output = text_in(json, "output"),
          .errors = text_in(json, "errors"),
          .cut = flag_in(json, "cut"),
          .text = text_in(json, "text")};
}

std::string words_of(const Request& request) {
  std::string words(name_of(request.action));
  if (!request.step.empty()) words += " step " + request.step;
  if (!request.address.empty()) words += " " + request.address;
  if (!request.target.empty() && request.action != Action::kGet) words += " -> " + request.target;
  return words;
}

}  // namespace hawser::run
