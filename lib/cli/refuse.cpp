#include "lib/cli/refuse.h"

#include <boost/json.hpp>

#include "lib/cli/output.h"
#include "lib/control/json.h"

namespace hawser::cli {

namespace json = boost::json;

int refuse(Form form, std::string_view program, std::string_view text) {
  if (form == Form::kJson)
    print(control::pretty(json::object{{"format", 1}, {"error", json::object{{"text", text}}}}));
  else if (program.empty())
    say(text);
  else
    complain(program, text);
  return kRefused;
}

int refuse(const Arguments& arguments, std::string_view program, std::string_view text) {
  return refuse(form_of(arguments), program, text);
}

int refuse(const Arguments& arguments, std::string_view program, const Error& error) {
  return refuse(arguments, program, std::string_view(error.text));
}

}  // namespace hawser::cli
