#include "vipd/provider/hetzner_cloud_error.h"

#include <algorithm>

#include <boost/json.hpp>

#include "lib/base/json_in.h"
#include "vipd/provider/words.h"

namespace hawser::vipd::provider {

namespace {

namespace json = boost::json;

constexpr Milliseconds kWhileBusy{5'000};
constexpr Milliseconds kUntilRefilled{10'000};  // one call a second comes back
constexpr Milliseconds kMaintained{60'000};

struct CloudError {
  std::string_view code;
  Meaning meaning;
  Milliseconds wait;
};
constexpr std::array kCloudErrors{
    CloudError{"unauthorized", Meaning::kDenied, {}},
    CloudError{"token_readonly", Meaning::kDenied, {}},
    CloudError{"forbidden", Meaning::kDenied, {}},
    CloudError{"locked", Meaning::kBusy, kWhileBusy},
    CloudError{"conflict", Meaning::kBusy, kWhileBusy},
    CloudError{"resource_unavailable", Meaning::kBusy, kWhileBusy},
    CloudError{"rate_limit_exceeded", Meaning::kLimited, kUntilRefilled},
    CloudError{"maintenance", Meaning::kUnknown, kMaintained},
    CloudError{"timeout", Meaning::kUnknown, {}},
    CloudError{"bad_gateway", Meaning::kUnknown, {}},
    CloudError{"service_error", Meaning::kUnknown, {}},
    CloudError{"server_error", Meaning::kUnknown, {}},
    CloudError{"unavailable", Meaning::kUnknown, {}},
};

Answer answer_to(unsigned status, const json::value& error) {
  const auto code = text_in(error, "code");
  const auto message = text_in(error, "message");
  const auto text =
      fmt::format("{}{}{}{}{}", status == 0 ? "" : fmt::format("{}", status),
                  status == 0 || code.empty() ? "" : " ", code, message.empty() ? "" : ": ", message);
  const auto* found = std::ranges::find(kCloudErrors, std::string_view(code), &CloudError::code);
  if (found != kCloudErrors.end()) return {found->meaning, {}, text, found->wait};
  if (status == 401) return {Meaning::kDenied, {}, text, {}};
  if (status == 429) return {Meaning::kLimited, {}, text, kUntilRefilled};
  // What it does not know it does not take: not_found, invalid_input, uniqueness_error, ip_not_available, ..
  const bool not_taken = error.is_object() && status >= 400 && status < 500;
  return {not_taken ? Meaning::kRefused : Meaning::kUnknown, {}, text, {}};
}

}  // namespace

Answer cloud_refusal(const Reply& reply, const json::value& body) {
  const auto& error = value_in(body, "error");
  auto answer = answer_to(reply.status, error);
  if (!error.is_object()) answer.text = fmt::format("{} {}", reply.status, without_json(reply));
  return answer;
}

Answer cloud_failure(const json::value& error) {
  auto answer = answer_to(0, error);
  if (answer.meaning == Meaning::kRefused || answer.meaning == Meaning::kDenied)
    answer.meaning = Meaning::kUnknown;
  return answer;
}

}  // namespace hawser::vipd::provider
