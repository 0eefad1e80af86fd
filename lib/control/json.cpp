#include "lib/control/json.h"

#include <boost/json.hpp>

#include "lib/base/utf8.h"
#include "lib/control/client.h"

namespace hawser::control {
namespace {

namespace json = boost::json;

class Printer {
 public:
  void value(const json::value& value, std::size_t depth) {
    if (const auto* object = value.if_object()) return list(*object, '{', '}', depth);
    if (const auto* array = value.if_array()) return list(*array, '[', ']', depth);
    text_ += json::serialize(value);
  }
  std::string take() { return std::move(text_) + "\n"; }

 private:
  void item(const json::value& element, std::size_t depth) { value(element, depth); }
  void item(const json::key_value_pair& pair, std::size_t depth) {
    text_ += json::serialize(json::value(pair.key())) + ": ";
    value(pair.value(), depth);
  }

  template <class Items>
  void list(const Items& items, char open, char close, std::size_t depth) {
    text_ += open;
    bool first = true;
    for (const auto& element : items) {
      text_ += first ? "\n" : ",\n";
      first = false;
      text_.append(2 * (depth + 1), ' ');
      item(element, depth + 1);
    }
    if (!first) text_.append(1, '\n').append(2 * depth, ' ');
    text_ += close;
  }

  std::string text_;
};

}  // namespace

// Written out piece by piece: a status of thousands of services is not copied for its first key.
Response good(const json::object& body) {
  std::string text = R"({"format":1)";
  for (const auto& member : body)
    if (member.key() != "format")
      text +=
          fmt::format(",{}:{}", json::serialize(json::value(member.key())), json::serialize(member.value()));
  return {200, text + "}"};
}

Response refusal(int status, std::string_view text) {
  return {status, json::serialize(json::object{{"error", as_utf8(text)}})};
}

Result<json::value> parse_answer(std::string_view from, const Response& response) {
  boost::system::error_code problem;
  auto body = json::parse(response.body, problem);
  if (response.status == 200 && !problem) return body;
  if (response.status == 200) return fail("{}: its answer is not JSON", from);
  const auto reason = problem ? std::string{} : text_in(body, "error");
  if (reason.empty()) return fail("{}: refused with HTTP status {}", from, response.status);
  return fail("{}: {}", from, reason);
}

Result<json::value> ask_json(const std::filesystem::path& socket, const Request& request,
                             Milliseconds deadline) {
  const auto answer = ask(socket, request, deadline);
  if (!answer) return tl::unexpected(answer.error());
  return parse_answer(socket.stem().native(), *answer);
}

std::string pretty(const json::value& value) {
  Printer printer;
  printer.value(value, 0);
  return printer.take();
}

}  // namespace hawser::control
