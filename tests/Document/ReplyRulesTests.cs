namespace KubeDoH.Tests.Document;

/// <summary>A reply that the document does not have is noticed.</summary>
public sealed class ReplyRulesTests
{
    private const string Document = """
        paths:
          /things/{name}:
            get:
              responses:
                '200':
                  content:
                    application/json: { schema: { $ref: '#/components/schemas/Thing' } }
                '204': { description: nothing }
                '400':
                  content:
                    application/problem+json:
                      schema: { type: object, additionalProperties: true }
                      examples: { bad-name: { value: { title: Bad name } } }
          /things/all:
            get:
              responses:
                '200': { content: { text/plain: { schema: { type: string } } } }
        components:
          schemas:
            Thing:
              type: object
              required: [size]
              properties:
                size: { type: integer }
                kind: { type: string, enum: [a, b], nullable: true }
                parts: { type: array, items: { type: string } }
                labels: { type: object, additionalProperties: { type: string } }
              additionalProperties: false
        """;

    [Theory]
    [InlineData("/things/x", 200, "application/json", """{"size":1,"kind":"a","parts":["p"],"labels":{"l":"m"}}""", null)]
    [InlineData("/things/x/", 200, "application/json", """{"size":1,"kind":null}""", null)]
    [InlineData("/things/x", 204, null, null, null)]
    [InlineData("/things/x", 400, "application/problem+json", """{"type":"/problems/bad-name","title":"Bad name"}""", null)]
    [InlineData("/things/all", 200, "text/plain", null, null)]
    [InlineData("/nowhere", 404, null, null, null)]
    [InlineData("/things/x", 500, "application/json", null, "GET /things/x says nothing of 500")]
    [InlineData("/things/x", 204, "text/plain", null, "GET /things/x 204 has no text/plain")]
    [InlineData("/things/x", 200, null, null, "GET /things/x 200 has no empty body")]
    [InlineData("/things/all", 200, "application/json", "{}", "GET /things/all 200 has no application/json")]
    [InlineData("/things/x", 200, "application/json", "{}", "GET /things/x 200 /size is missing")]
    [InlineData("/things/x", 200, "application/json", """{"size":1.5}""", "GET /things/x 200 /size is no integer: 1.5")]
    [InlineData("/things/x", 200, "application/json", """{"size":1,"kind":"c"}""", "GET /things/x 200 /kind may not be c")]
    [InlineData("/things/x", 200, "application/json", """{"size":1,"parts":[null]}""", "GET /things/x 200 /parts/0 is null")]
    [InlineData("/things/x", 200, "application/json", """{"size":1,"labels":{"l":2}}""", "GET /things/x 200 /labels/l is no string: 2")]
    [InlineData("/things/x", 200, "application/json", """{"size":1,"more":2}""", "GET /things/x 200 /more is not known")]
    [InlineData("/things/x", 400, "application/problem+json", """{"type":"/problems/other","title":"Other"}""",
        "GET /things/x 400 has no problem other")]
    [InlineData("/things/x", 400, "application/problem+json", """{"type":"/problems/bad-name","title":"Ill name"}""",
        "GET /things/x 400 bad-name is entitled otherwise: Ill name")]
    public void Reply_is_as_the_document_has_it_or_the_difference_is_told(
        string path, int status, string? mediaType, string? body, string? difference) =>
        Assert.Equal(
            difference is null ? [] : [difference],
            new ReplyRules(DocumentRules.Parse(Document)).Differences("GET", path, status, mediaType, body));
}
