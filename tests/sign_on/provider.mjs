// A real OpenID provider for the tests: its accounts, its sign-in page, its keys. Port and the
// portal's address come as arguments.
import Provider from "oidc-provider";

const [port, portal] = process.argv.slice(2);
const PEOPLE = {
  "lan.nt": { name: "Nguyễn Thị Lan", email: "lan.nt@example.gov.vn", unit: "BC", roles: ["qlcl-dau-moi"] },
  "thu.tm": { name: "Trần Minh Thư", email: "thu.tm@example.gov.vn", unit: "KHCN", roles: ["qlcl-thu-ky"] },
  "khoa": { name: "Người bị khóa", email: "khoa@example.gov.vn", unit: "BC", roles: ["qlcl-thu-ky"] },
  "khach": { name: "Khách", email: "khach@example.gov.vn", unit: "BC", roles: [] },
  "thuky": { name: "Kẻ mạo danh", email: "x@example.gov.vn", unit: "BC", roles: ["qlcl-dau-moi"] },
};
const late = Number(process.env.SECONDS_LATE ?? 0); // its clock, to make tokens that are too old
const now = Date.now;
Date.now = () => now() - late * 1000;
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{
    client_id: "portal",
    client_secret: "a-secret-of-the-tests",
    redirect_uris: [`${portal}/xu-ly/dang-nhap-chung/ve/`],
    post_logout_redirect_uris: [`${portal}/xu-ly/dang-nhap/`],
    grant_types: ["authorization_code"],
    response_types: ["code"],
  }],
  claims: { openid: ["sub"], profile: ["name", "preferred_username", "unit", "roles"], email: ["email"] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  ttl: { IdToken: Number(process.env.ID_TOKEN_SECONDS ?? 3600) },
  findAccount: (_, id) => PEOPLE[id] && {
    accountId: id,
    claims: async () => ({ sub: id, preferred_username: id, ...PEOPLE[id] }),
  },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
